import {Console} from 'node:console'
import {Writable} from 'node:stream'
import {format, inspect} from 'node:util'
import {expect} from 'chai'
import {Secret} from '../src/secret.js'

describe('a secret', () => {
  const secret = new Secret('llx-canary')

  function printed(...values: unknown[]): string {
    let text = ''
    const sink = new Writable({
      write(chunk, _, done) {
        text += String(chunk)
        done()
      },
    })
    new Console(sink).log(...values)
    return text
  }

  for (const [how, text] of Object.entries({
    'String()': String(secret),
    'a template': `${secret}`,
    toString: secret.toString(),
    JSON: JSON.stringify(secret),
    'JSON, nested': JSON.stringify({deep: [{secret}]}),
    inspect: inspect(secret),
    'inspect with everything shown': inspect(secret, {showHidden: true, depth: 9, getters: true}),
    'inspect, nested': inspect({deep: [{secret}]}, {depth: 9}),
    'inspect in a map': inspect(new Map([['key', secret]])),
    'inspect as the cause of an error': inspect(new Error('It failed.', {cause: {secret}})),
    format: format('%s %o %O %j', secret, secret, secret, secret),
    'a console': printed('key', secret, {secret}),
    'a list joined': [secret, secret].join(),
  })) {
    it(`prints as [redacted] by ${how}`, () => {
      expect(text).to.include('[redacted]').and.not.include('canary')
    })
  }

  it('shows nothing where its own way of printing is turned off, cloned or spread', () => {
    for (const text of [
      inspect(secret, {customInspect: false, showHidden: true, depth: 9}),
      inspect(structuredClone(secret)),
      inspect({...secret}),
      inspect(Object.getOwnPropertyDescriptors(secret)),
    ])
      expect(text).not.to.include('canary')
  })

  it('gives its text to whoever asks for it by name', () => {
    expect(secret.reveal()).to.equal('llx-canary')
  })

  it('equals another one with the same text, and no other', () => {
    expect(secret.equals(secret)).to.equal(true)
    expect(secret.equals(new Secret('llx-canary'))).to.equal(true)
    expect(secret.equals(new Secret('llx-Canary'))).to.equal(false)
    expect(secret.equals(new Secret('[redacted]'))).to.equal(false)
  })
})
