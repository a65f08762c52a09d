import {expect} from 'chai'
import {chooseProxy} from '../../src/http/choose-proxy.js'
import {isAuthError} from '../../src/errors.js'

const chosen = (url: string, env: NodeJS.ProcessEnv): string | undefined => chooseProxy(new URL(url), env)?.variable

describe('the proxy of a URL', () => {
  for (const [what, url, env, variable] of [
    ['is the one for its scheme', 'https://a.test', {HTTPS_PROXY: 'p:1', HTTP_PROXY: 'q:1'}, 'HTTPS_PROXY'],
    ['is that of http for http', 'http://a.test', {HTTPS_PROXY: 'p:1', HTTP_PROXY: 'q:1'}, 'HTTP_PROXY'],
    ['is not that of another scheme', 'https://a.test', {HTTP_PROXY: 'q:1'}, undefined],
    ['is the one for all, where its scheme has none', 'https://a.test', {ALL_PROXY: 'p:1'}, 'ALL_PROXY'],
    [
      'is that of its scheme before that for all',
      'https://a.test',
      {all_proxy: 'q:1', HTTPS_PROXY: 'p:1'},
      'HTTPS_PROXY',
    ],
    ['is the one in lower case', 'https://a.test', {HTTPS_PROXY: 'p:1', https_proxy: 'q:1'}, 'https_proxy'],
    ['is not an empty one', 'https://a.test', {HTTPS_PROXY: 'p:1', https_proxy: ' '}, 'HTTPS_PROXY'],
    ['is none without variables', 'https://a.test', {}, undefined],
  ] as const) {
    it(what, () => expect(chosen(url, env)).to.equal(variable))
  }

  for (const url of [
    'https://localhost',
    'http://127.0.0.1:4010',
    'http://127.9.8.7',
    'http://[::1]:80',
    'http://127.1',
  ]) {
    it(`is none for this machine: ${url}`, () => expect(chosen(url, {ALL_PROXY: 'p:1'})).to.equal(undefined))
  }

  for (const [list, url, isExempt] of [
    ['*', 'https://a.test', true],
    ['a.test', 'https://a.test', true],
    ['a.test', 'https://deep.down.a.test', true],
    ['a.test', 'https://nota.test', false],
    ['.a.test', 'https://a.test', true],
    ['.a.test', 'https://b.a.test', true],
    ['*.a.test', 'https://b.a.test', true],
    ['A.Test', 'https://a.test.', true],
    ['b.test, a.test', 'https://a.test', true],
    ['b.test a.test', 'https://a.test', true],
    [' , ,', 'https://a.test', false],
    ['test', 'https://a.test', true],
    ['est', 'https://a.test', false],
    ['a.test:443', 'https://a.test', true],
    ['a.test:8443', 'https://a.test', false],
    ['a.test:8443', 'https://a.test:8443', true],
    ['bücher.test', 'https://xn--bcher-kva.test', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['2.3', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/8', 'https://a.test', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['fd12::1', 'https://[fd12::1]', true],
    ['[fd12::1]:443', 'https://[fd12::1]', true],
    ['[fd12::1]:80', 'https://[fd12::1]', false],
    ['%%%,://,[', 'https://a.test', false],
  ] as const) {
    it(`is ${isExempt ? 'none' : 'there'} for ${url} with NO_PROXY=${list}`, () => {
      for (const name of ['NO_PROXY', 'no_proxy'])
        expect(chosen(url, {HTTPS_PROXY: 'p:1', [name]: list})).to.equal(isExempt ? undefined : 'HTTPS_PROXY')
    })
  }

  for (const value of ['socks5://u:s3cret@h', 'socks5h://h', 'ftp://u:s3cret@h', 'http://u:s3cret@h:port', '://']) {
    it(`is refused without a word of it: ${value}`, () => {
      try {
        chosen('https://a.test', {HTTPS_PROXY: value})
        expect.fail('did not throw')
      } catch (error) {
        if (!isAuthError(error)) throw error
        expect(error.code).to.equal('USAGE')
        expect(error.message).to.contain('HTTPS_PROXY')
        expect(error.message + JSON.stringify(error.suggestions)).not.to.contain('s3cret')
      }
    })
  }
})
