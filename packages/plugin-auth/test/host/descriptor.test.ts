import {expect} from 'chai'
import {parseDescriptor} from '../../src/host/descriptor.js'
import {isAuthError} from '../../src/errors.js'

const WHOLE = {
  product: 'Acme Cloud',
  apiUrl: 'https://API.acme.example/',
  variablePrefix: 'ACME_CLOUD',
  keyPrefix: 'acme-',
  keychainService: '@acme/cli',
  topic: 'cloud:account',
}

function mistake(written: unknown): string {
  try {
    parseDescriptor(written, 'acme')
  } catch (error) {
    if (isAuthError(error) && error.code === 'HOST_MISCONFIGURED') return error.message
    throw error
  }

  throw new Error('It was taken')
}

describe('what the author of a host writes about it', () => {
  it('is taken as it is, but for the spelling of the URL', () => {
    expect(parseDescriptor(WHOLE, 'acme')).to.deep.equal({...WHOLE, apiUrl: 'https://api.acme.example'})
    expect(parseDescriptor({}, 'acme')).to.deep.equal({})
    expect(parseDescriptor({shares: 'llamactl'}, 'acme')).to.deep.equal({shares: 'llamactl'})
  })

  for (const [written, key] of [
    [[], 'oclif.auth'],
    ['acme', 'oclif.auth'],
    [null, 'oclif.auth'],
    [{apiURL: 'https://api.acme.example'}, 'oclif.auth.apiURL'],
    [{product: ''}, 'oclif.auth.product'],
    [{product: 'Acme\nCloud'}, 'oclif.auth.product'],
    [{product: '<%= 1 %>'}, 'oclif.auth.product'],
    [{apiUrl: 7, variablePrefix: 'ACME'}, 'oclif.auth.apiUrl'],
    [{apiUrl: 'acme', variablePrefix: 'ACME'}, 'oclif.auth.apiUrl'],
    [{apiUrl: 'http://api.acme.example', variablePrefix: 'ACME'}, 'oclif.auth.apiUrl'],
    [{apiUrl: 'https://user:secret@api.acme.example', variablePrefix: 'ACME'}, 'oclif.auth.apiUrl'],
    [{variablePrefix: 'acme'}, 'oclif.auth.variablePrefix'],
    [{variablePrefix: 'ACME_'}, 'oclif.auth.variablePrefix'],
    [{keyPrefix: '.*'}, 'oclif.auth.keyPrefix'],
    [{keychainService: ''}, 'oclif.auth.keychainService'],
    [{keychainService: 'acme', shares: 'llamactl'}, 'oclif.auth.keychainService'],
    [{shares: true}, 'oclif.auth.shares'],
    [{shares: '../llamactl'}, 'oclif.auth.shares'],
    [{topic: 'Account'}, 'oclif.auth.topic'],
    [{topic: 'my account'}, 'oclif.auth.topic'],
  ] as [unknown, string][]) {
    it(`is refused by the name of the key: ${JSON.stringify(written)}`, () => {
      expect(mistake(written)).to.match(new RegExp(`^"${key}" in the package.json of acme .*\\.$`))
    })
  }

  it('does not show what may be a secret in a URL', () => {
    expect(mistake({apiUrl: 'https://user:canary@acme.example', variablePrefix: 'ACME'})).not.to.contain('canary')
  })

  it('is refused where a key of LlamaCloud would go to another server', () => {
    const apiUrl = 'https://api.acme.example'
    expect(mistake({apiUrl})).to.match(/^"oclif.auth.variablePrefix" .*LLAMA_CLOUD_API_KEY/)
    expect(parseDescriptor({apiUrl, variablePrefix: 'LLAMA_CLOUD'}, 'acme')).to.include({apiUrl})
  })
})
