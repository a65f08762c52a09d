import {readdirSync} from 'node:fs'
import {expect} from 'chai'
import type {ControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import {DEFAULT_API_URL} from '../../src/environments/api-url.js'
import {unprobedEnvironment} from '../../src/environments/environment.js'
import {createEnvironmentStore} from '../../src/environments/environment-store.js'
import {probeEnvironment} from '../../src/environments/probe-environment.js'
import {resolveEnvironment} from '../../src/identity/environment-ladder.js'
import {readIdentityVariables} from '../../src/identity/identity-variables.js'
import {namesWithPrefix} from '../../src/identity/variable-names.js'
import {createFolder} from '../../src/storage/folder.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const FLAG = 'https://flag.example'
const VARIABLE = 'https://variable.example'
const CURRENT = 'https://current.example'
const NO_PROFILE = {name: 'ACMECTL_PROFILE', value: undefined}

describe('the environment of an invocation', () => {
  const temporary = useTemporaryFolder()
  const store = () => createEnvironmentStore(createFolder({path: temporary(), warn() {}}), () => {})
  const resolve = async ({flag, variable}: {flag?: string; variable?: string} = {}) => {
    const {baseUrl} = readIdentityVariables({ACME_BASE_URL: variable}, namesWithPrefix('ACME'), NO_PROFILE)
    const {value: environment, source, known} = await resolveEnvironment(store(), {flag, variable: baseUrl})
    return {url: environment.api_url, source, known}
  }

  describe('where several are known and one is current', () => {
    beforeEach(async () => {
      for (const url of [FLAG, VARIABLE, CURRENT]) await store().save(unprobedEnvironment(url))
      await store().setCurrent(CURRENT)
    })

    it('is that of the flag first', async () => {
      expect(await resolve({flag: FLAG, variable: VARIABLE})).to.deep.equal({url: FLAG, source: 'flag', known: true})
    })

    it('is that of the variable next', async () => {
      expect(await resolve({variable: VARIABLE})).to.deep.equal({url: VARIABLE, source: 'variable', known: true})
    })

    for (const variable of ['', '  ', '\n']) {
      it(`is the current one then, where the variable is ${JSON.stringify(variable)} too`, async () => {
        expect(await resolve({variable})).to.deep.equal({url: CURRENT, source: 'current', known: true})
        expect(await resolve()).to.deep.equal({url: CURRENT, source: 'current', known: true})
      })
    }

    it('is the default one last', async () => {
      const byDefault = {url: DEFAULT_API_URL, source: 'default', known: true}
      await store().remove(CURRENT)
      expect(await resolve()).to.deep.equal(byDefault)
      await store().clearCurrent()
      expect(await resolve()).to.deep.equal(byDefault)
    })

    it('may be spelled in any way', async () => {
      expect(await resolve({flag: ' HTTPS://Flag.example:443// '})).to.include({url: FLAG, known: true})
      expect(await resolve({variable: 'https://VARIABLE.example/\n'})).to.include({url: VARIABLE, known: true})
    })
  })

  it('is what is known of the default one, once that was asked', async () => {
    await store().save({...unprobedEnvironment(DEFAULT_API_URL), requires_auth: false})
    expect((await resolveEnvironment(store(), {})).value.requires_auth).to.equal(false)
  })

  it('is not one that the flag names and nobody added, with the way to add it', async () => {
    const error = await refusal(resolve({flag: FLAG}), 'ENVIRONMENT_NOT_FOUND')
    expect(error.suggestions).to.deep.equal([
      {command: 'auth:env:add', args: FLAG, to: 'to add it'},
      `Known: ${DEFAULT_API_URL}`,
    ])
  })

  it('may be one of the variable that nobody added, and is not known then', async () => {
    expect(await resolve({variable: VARIABLE})).to.deep.equal({url: VARIABLE, source: 'variable', known: false})
    expect(readdirSync(temporary())).to.deep.equal([])
  })

  it('is http to another machine only where that was accepted before', async () => {
    await refusal(resolve({variable: 'http://flow.example'}), 'USAGE')
    await store().save({...unprobedEnvironment('http://flow.example'), allow_http: true})
    expect(await resolve({variable: 'http://flow.example'})).to.include({known: true})
    expect(await resolve({flag: 'http://flow.example'})).to.include({known: true})
  })

  for (const text of ['nonsense', 'https://ada:canary@api.example.com']) {
    it(`is refused where the flag or the variable is ${JSON.stringify(text)}`, async () => {
      for (const given of [{flag: text}, {variable: text}])
        expect((await refusal(resolve(given), 'USAGE')).message).not.to.include('canary')
    })
  }

  it('takes an empty flag for a mistake', async () => {
    await refusal(resolve({flag: ''}), 'USAGE')
  })

  it('keeps everything but what its server says of itself now', async () => {
    const version = {version: '1', requires_auth: false, min_llamactl_version: '0.9', capabilities: []}
    const server = {version: async () => version} as Partial<ControlPlaneClient> as ControlPlaneClient
    const known = {...unprobedEnvironment('http://flow.example'), allow_http: true as const, colour: 'red'}
    expect(await probeEnvironment(server, known)).to.deep.equal({
      ...known,
      requires_auth: false,
      min_llamactl_version: '0.9',
    })
  })
})
