import {join} from 'node:path'
import {expect} from 'chai'
import {createHost, idIn, readHost} from '../../src/host/host.js'
import type {HostConfig} from '../../src/host/host-config.js'
import {refusal} from '../support/refusal.js'

const CONFIG = join('/home', 'ada', '.config')

const acme = (oclif: object = {}, variables: Record<string, string> = {}): HostConfig => ({
  bin: 'acme',
  dirname: join('@acme', 'cli'),
  configDir: variables['CONFIG_DIR'] ?? join(CONFIG, '@acme', 'cli'),
  pjson: {oclif},
  scopedEnvVar: (key) => variables[key],
})

describe('a host', () => {
  it('has folders and a service of its own, and the variables and the URL of LlamaCloud, where its author says nothing', async () => {
    const host = await readHost(acme(), {})
    expect(host).to.include({topic: 'auth', isLlamaCloud: true, product: undefined})
    expect(host).to.include({configFolder: acme().configDir, keychainService: acme().dirname})
    expect(host.apiUrls).to.deep.equal(['https://api.cloud.llamaindex.ai'])
    expect(host.variables.apiKey).to.equal('LLAMA_CLOUD_API_KEY')
  })

  it('is what its author says', async () => {
    const auth = {apiUrl: 'https://api.acme.example', variablePrefix: 'ACME', keychainService: 'acme', topic: 'account'}
    const host = await readHost(acme({auth}), {})
    expect(host).to.include({topic: 'account', isLlamaCloud: false, keychainService: 'acme'})
    expect(host.apiUrls).to.deep.equal(['https://api.acme.example'])
    expect(host.variables).to.deep.equal({
      apiKey: 'ACME_API_KEY',
      baseUrl: 'ACME_BASE_URL',
      useProfile: 'ACME_USE_PROFILE',
      projects: ['ACME_PROJECT_ID'],
    })
  })

  it('does not start where its author is wrong', async () => {
    await refusal(readHost(acme({auth: {topics: 'account'}}), {}), 'HOST_MISCONFIGURED')
  })

  it('knows the default environment of the host that it shares with beside its own', () => {
    const host = createHost(
      acme(),
      {},
      {shares: 'llamactl', apiUrl: 'https://api.acme.example', variablePrefix: 'ACME'},
    )
    expect(host.apiUrls).to.deep.equal(['https://api.acme.example', 'https://api.cloud.llamaindex.ai'])
    expect(host.keychainService).to.equal('llamactl')
  })

  it('shares the folder that llamactl has, wherever a person moved that, unless they moved its own', () => {
    const folder = (config: HostConfig, env: NodeJS.ProcessEnv = {}): string =>
      createHost(config, env, {shares: 'llamactl'}).configFolder
    expect(folder(acme())).to.equal(join(CONFIG, 'llamactl'))
    expect(folder(acme(), {LLAMACTL_CONFIG_DIR: '/moved'})).to.equal('/moved')
    expect(folder(acme({}, {CONFIG_DIR: '/mine'}), {LLAMACTL_CONFIG_DIR: '/moved'})).to.equal('/mine')
  })

  it('names commands by its topic, and others as they are', () => {
    expect(idIn('account', 'auth:env:add')).to.equal('account:env:add')
    expect(idIn('account', 'auth')).to.equal('account')
    expect(idIn('account', 'authors:list')).to.equal('authors:list')
  })
})
