import {expect} from 'chai'
import {folderName, isApiUrl, normaliseApiUrl} from '../../src/environments/api-url.js'
import {refusal} from '../support/refusal.js'

const refused = (text: string, options?: {allowHttp: boolean}) =>
  refusal(
    Promise.resolve().then(() => normaliseApiUrl(text, options)),
    'USAGE',
  )

describe('the URL of a control plane', () => {
  const spellings: Record<string, string[]> = {
    'https://api.cloud.llamaindex.ai': [
      'https://api.cloud.llamaindex.ai/',
      'https://api.cloud.llamaindex.ai//',
      'https://api.cloud.llamaindex.ai:443',
      'HTTPS://API.Cloud.LlamaIndex.AI/',
      ' https://api.cloud.llamaindex.ai\n',
      'https:api.cloud.llamaindex.ai',
      'https://api.cloud.llamaindex.ai/x/..',
      'https://api.cloud.llamaindex.ai/?',
      'https://api.cloud.llamaindex.ai#',
    ],
    'https://api.example.com/Base/v1': ['https://api.example.com/Base/v1/', 'https://api.example.com/./Base/x/../v1//'],
    'https://api.example.com:8443': ['https://API.example.com:8443/', 'https://api.example.com:08443'],
    'https://xn--bcher-kva.example': ['https://bücher.example', 'https://BÜCHER.example/'],
    'http://127.0.0.1:4010': ['http://127.1:4010/', 'http://0x7f000001:4010', 'http://127.0.0.1:4010//'],
    'http://localhost': ['http://LOCALHOST:80/'],
    'http://[::1]:4010': ['http://[0:0:0:0:0:0:0:1]:4010/', 'http://[0::1]:4010'],
  }

  for (const [apiUrl, others] of Object.entries(spellings)) {
    for (const spelling of [apiUrl, ...others]) {
      it(`${JSON.stringify(spelling)} is ${apiUrl}`, () => {
        expect(normaliseApiUrl(spelling)).to.equal(apiUrl)
        expect(isApiUrl(spelling)).to.equal(spelling === apiUrl)
      })
    }
  }

  for (const text of [
    '',
    '  ',
    'api.example.com',
    'localhost:4010',
    'https://',
    'https://exa mple.com',
    'ftp://api.example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'mailto:ada@example.com',
    'https://api.example.com?x=1',
    'https://api.example.com/#x',
    'http://api.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
  ]) {
    it(`${JSON.stringify(text)} is none`, async () => {
      await refused(text)
    })
  }

  for (const text of [
    'https://ada:canary@api.example.com',
    'https://canary@api.example.com',
    'https://:canary@api.example.com',
    'http://ada:canary@127.0.0.1',
    'https://ada:canary@exa mple.com',
    'https://ada:canary@',
    'ada:canary@api.example.com',
    'canary:ada@api.example.com',
    '1ada:canary@api.example.com',
    '//ada:canary@api.example.com',
    '@canary@',
    'https://api.example.com/?api_key=canary',
    'https://api.example.com/#access_token=canary',
    'api.example.com/?api_key=canary',
    'llx-canary',
    'LLX-canary',
    'llx-canary:8080',
  ]) {
    it(`is refused without repeating what may be a secret in ${JSON.stringify(text)}`, async () => {
      for (const allowHttp of [false, true]) {
        const {message, suggestions} = await refused(text, {allowHttp})
        expect(JSON.stringify([message, suggestions])).not.to.include('canary')
      }
    })
  }

  it('is guessed where only the scheme is missing', async () => {
    expect(await refused('api.example.com/base')).to.deep.include({
      message: 'api.example.com/base is not a URL.',
      suggestions: ['Did you mean https://api.example.com/base ?'],
    })
  })

  it('shows nothing of a terminal’s own language when it is refused', async () => {
    expect((await refused('localhost:4010')).suggestions).to.deep.equal(['Did you mean http://localhost:4010 ?'])
    expect((await refused('\u001B[31mapi\u202E')).message).to.equal('[31mapi is not a URL.')
  })

  it('is http to another machine only where that was accepted', async () => {
    const {message, suggestions} = await refused('http://Flow.Example:8080/base')
    expect(message).to.include('http://flow.example:8080').and.include('clear')
    expect(suggestions).to.deep.equal([
      {
        command: 'auth:env:add',
        args: 'http://flow.example:8080/base --allow-http',
        to: 'if you accept that',
      },
    ])
    expect(normaliseApiUrl('http://Flow.Example:8080/base/', {allowHttp: true})).to.equal(
      'http://flow.example:8080/base',
    )
  })

  for (const [what, url] of Object.entries({
    'is long': `https://api.example.com/${'a'.repeat(200)}`,
    'grows in its folder’s name': `https://api.example.com/${'A'.repeat(80)}`,
    'grows when it is encoded': `https://api.example.com/${'ü'.repeat(30)}`,
  })) {
    it(`is refused when it ${what} and could not be kept`, async () => {
      expect((await refused(url)).message).to.include('too long')
    })
  }
})

describe('the folder of a URL', () => {
  for (const [apiUrl, name] of Object.entries({
    'https://api.cloud.llamaindex.ai': 'https-api.cloud.llamaindex.ai',
    'http://127.0.0.1:4010': 'http-127.0.0.1_3a4010',
    'http://[::1]:4010': 'http-_5b_3a_3a1_5d_3a4010',
    'https://api.example.com/Base/v_1': 'https-api.example.com_2f_42ase_2fv_5f1',
  })) {
    it(`of ${apiUrl} is named ${name}, as on every computer that has one`, () => {
      expect(folderName(apiUrl)).to.equal(name)
    })
  }

  const hosts = [
    'a',
    'a.',
    'a.b',
    'a-b',
    's-a',
    'xn--bcher-kva.example',
    'a:4010',
    'a.:4010',
    '[::1]',
    '[::1]:4010',
    '1.2.3.4',
  ]
  const pieces = [
    'a',
    'A',
    '_',
    '%',
    '%41',
    '2f',
    '41',
    '.',
    '-',
    '/',
    ':',
    '~',
    '@',
    "'",
    '*',
    '|',
    '"',
    '\\',
    'ü',
    '😀',
  ]
  const tails = [
    '',
    ...pieces,
    ...pieces.flatMap((first) => pieces.map((second) => first + second)),
    '_5f',
    '_2fa',
    'con',
    'x..',
  ]
  const urls = new Set(
    ['http', 'https'].flatMap((scheme) =>
      hosts.flatMap((host) =>
        ['', ...tails.map((tail) => `/${tail}`)].map((path) =>
          normaliseApiUrl(`${scheme}://${host}${path}`, {allowHttp: true}),
        ),
      ),
    ),
  )

  it('is another one for every other URL, also where case is ignored', () => {
    const owners = new Map<string, string>()
    for (const url of urls) {
      const name = folderName(url).toLowerCase()
      expect(owners.get(name), `the owner of ${name}, beside ${url}`).to.equal(undefined)
      owners.set(name, url)
    }

    expect(owners.size).to.be.greaterThan(5000)
  })

  it('has a name that every file system takes', () => {
    for (const url of urls) {
      expect(folderName(url))
        .to.match(/^https?-[\da-z._-]+$/)
        .and.not.match(/\.$/)
    }
  })

  it('is found by every spelling that normalises to the URL', () => {
    for (const url of urls) expect(normaliseApiUrl(url, {allowHttp: true})).to.equal(url)
  })
})
