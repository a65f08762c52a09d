import {dirname} from 'node:path'
import {expect} from 'chai'
import {DEFAULT_API_URL, folderName} from '../../src/environments/api-url.js'
import {unprobedEnvironment} from '../../src/environments/environment.js'
import {createEnvironmentStore} from '../../src/environments/environment-store.js'
import {createFolderBindingStore} from '../../src/identity/folder-binding-store.js'
import {explainIdentity, type GivenIdentity, resolveIdentity} from '../../src/identity/identity.js'
import {ignoredVariables} from '../../src/identity/ignored-variables.js'
import {readIdentityVariables} from '../../src/identity/identity-variables.js'
import {LLAMA_CLOUD} from '../../src/identity/variable-names.js'
import {whatWinsOverProfile} from '../../src/identity/what-wins.js'
import {createProfileStore} from '../../src/profiles/profile-store.js'
import {createFolder} from '../../src/storage/folder.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const HOME = 'https://home.example'
const OTHER = 'https://other.example'
const KEY = {LLAMA_CLOUD_API_KEY: 'llx-canary', LLAMA_AGENTS_PROJECT_ID: 'prj-variable'}

describe('who an invocation is', () => {
  const temporary = useTemporaryFolder()
  const stores = () => {
    const folder = createFolder({path: temporary(), warn() {}})
    return {
      environments: createEnvironmentStore(folder, () => {}),
      profiles: createProfileStore(folder, folderName, () => {}),
      bindings: createFolderBindingStore(folder, dirname, () => {}),
    }
  }
  const given = (
    flags: GivenIdentity['flags'] = {},
    env: NodeJS.ProcessEnv & {ACME_PROFILE?: string} = {},
    folder = '/elsewhere',
  ): GivenIdentity => ({
    flags,
    variables: readIdentityVariables(env, LLAMA_CLOUD, {name: 'ACME_PROFILE', value: env.ACME_PROFILE}),
    binding: () => stores().bindings.find(folder),
  })
  const resolve = async (...invocation: Parameters<typeof given>) => {
    const {environment, who, project} = await resolveIdentity(stores(), given(...invocation))
    return {
      environment: environment.value.api_url,
      who: who?.value.kind === 'key' ? 'key' : who?.value.name,
      by: who?.from || who?.source,
      project: project?.value,
    }
  }

  beforeEach(async () => {
    const {environments, profiles, bindings} = stores()
    for (const url of [HOME, OTHER, DEFAULT_API_URL]) {
      await environments.save(unprobedEnvironment(url))
      for (const name of ['ada', 'bob', 'eve']) {
        await profiles.save(url, {
          id: `${name}-id`,
          name,
          project_id: `prj-${name}`,
          auth_type: 'token',
          credential: {store: 'file', engine: 'plain', service: 'test', account: `${name}-id`},
        })
      }
      await profiles.setCurrent(url, 'ada-id')
    }

    await environments.setCurrent(HOME)
    await bindings.save({folder: '/client', api_url: HOME, profile: 'bob'})
    await bindings.save({folder: '/other', api_url: OTHER, profile: 'bob'})
  })

  it('is the current profile of the current environment, with its project', async () => {
    expect(await resolve()).to.deep.equal({environment: HOME, who: 'ada', by: 'current', project: 'prj-ada'})
  })

  it('is the profile that the folder is bound to before that, in its environment', async () => {
    expect(await resolve({}, {}, '/client/deep')).to.include({environment: HOME, who: 'bob', by: '/client'})
    expect(await resolve({}, {}, '/other')).to.include({environment: OTHER, who: 'bob', project: 'prj-bob'})
  })

  it('is the profile of the host’s variable before that', async () => {
    expect(await resolve({}, {ACME_PROFILE: 'eve'}, '/client')).to.include({who: 'eve', by: 'ACME_PROFILE'})
    expect(await resolve({}, {ACME_PROFILE: ' '}, '/client')).to.include({who: 'bob'})
  })

  it('is the key of the variable before that, with the project beside it, and with no binding of its folder', async () => {
    const env = {...KEY, LLAMA_CLOUD_BASE_URL: OTHER, ACME_PROFILE: 'eve'}
    expect(await resolve({}, env, '/client')).to.deep.equal({
      environment: OTHER,
      who: 'key',
      by: 'LLAMA_CLOUD_API_KEY',
      project: 'prj-variable',
    })
  })

  it('never takes the key of the variable to an environment that it does not name', async () => {
    expect((await resolve({}, KEY)).environment).to.equal(DEFAULT_API_URL)
    expect((await resolve({}, KEY, '/other')).environment).to.equal(DEFAULT_API_URL)
    expect(await resolve({environment: OTHER}, KEY)).to.include({environment: OTHER, who: 'ada', project: 'prj-ada'})
  })

  it('is what the flags say before all that', async () => {
    const env = {...KEY, LLAMA_CLOUD_BASE_URL: OTHER, ACME_PROFILE: 'bob'}
    expect(await resolve({profile: 'eve', environment: HOME}, env, '/other')).to.deep.equal({
      environment: HOME,
      who: 'eve',
      by: '--profile',
      project: 'prj-eve',
    })
    expect(await resolve({profile: 'eve'}, env)).to.include({environment: OTHER, who: 'eve', project: 'prj-eve'})
    expect(await resolve({profile: 'eve'}, KEY)).to.include({environment: HOME, who: 'eve', project: 'prj-eve'})
  })

  it('takes the key of the variable without a project for incomplete, and a flag for a project', async () => {
    const {LLAMA_CLOUD_API_KEY} = KEY
    expect(await resolve({}, {LLAMA_CLOUD_API_KEY})).to.include({who: 'ada', environment: HOME})
    expect(await resolve({projectId: 'prj-flag'}, {LLAMA_CLOUD_API_KEY})).to.include({who: 'key', project: 'prj-flag'})
  })

  it('takes the project of the first variable that is not empty, before that of the profile', async () => {
    const env = {LLAMA_AGENTS_PROJECT_ID: '', LLAMA_DEPLOY_PROJECT_ID: 'prj-deploy'}
    expect(await resolve({}, env)).to.include({who: 'ada', project: 'prj-deploy'})
    expect(await resolve({}, {...env, LLAMA_AGENTS_PROJECT_ID: 'prj-agents'})).to.include({project: 'prj-agents'})
    expect(await resolve({projectId: 'prj-flag'}, env)).to.include({project: 'prj-flag'})
  })

  for (const on of ['1', 'true', 'YES', 'on', 't', 'y']) {
    it(`skips the key variables with LLAMA_CLOUD_USE_PROFILE=${on}`, async () => {
      const env = {...KEY, LLAMA_CLOUD_BASE_URL: OTHER, LLAMA_CLOUD_USE_PROFILE: on}
      expect(await resolve({}, env)).to.deep.equal({environment: HOME, who: 'ada', by: 'current', project: 'prj-ada'})
      expect(await resolve({}, {...env, ACME_PROFILE: 'eve'})).to.include({who: 'eve'})
    })
  }

  for (const off of ['', '0', 'no', 'nonsense']) {
    it(`does not skip them with LLAMA_CLOUD_USE_PROFILE=${JSON.stringify(off)}`, async () => {
      expect(await resolve({}, {...KEY, LLAMA_CLOUD_USE_PROFILE: off})).to.include({who: 'key'})
    })
  }

  it('is nobody in place of a profile that is not there', async () => {
    for (const invocation of [[{profile: 'nobody'}], [{}, {ACME_PROFILE: 'nobody'}], [{}, {}, '/gone']] as Parameters<
      typeof given
    >[]) {
      await stores().bindings.save({folder: '/gone', api_url: HOME, profile: 'nobody'})
      const {who} = await resolveIdentity(stores(), given(...invocation))
      expect(who?.value).to.deep.equal({kind: 'profile', name: 'nobody', profile: undefined})
    }
  })

  it('is an error in a folder that is bound to an environment that is not there', async () => {
    await stores().bindings.save({folder: '/gone', api_url: 'https://gone.example', profile: 'ada'})
    const error = await refusal(resolve({}, {}, '/gone'), 'ENVIRONMENT_NOT_FOUND')
    expect(error.message).to.include('/gone').and.include('https://gone.example')
    expect(await resolve({environment: HOME}, {}, '/gone')).to.include({who: 'ada'})
  })

  it('changes nothing that is stored', async () => {
    await resolve({profile: 'eve', environment: OTHER, projectId: 'prj-flag'}, KEY, '/client')
    expect(await resolve()).to.deep.equal({environment: HOME, who: 'ada', by: 'current', project: 'prj-ada'})
  })

  describe('explained', () => {
    it('names with each value what it hides, in the order in which that would win', async () => {
      const env = {...KEY, LLAMA_CLOUD_BASE_URL: OTHER, ACME_PROFILE: 'eve', LLAMA_DEPLOY_PROJECT_ID: 'prj-deploy'}
      const {shadows, who} = await explainIdentity(stores(), given({profile: 'bob'}, env, '/other'), (work) => work)
      expect(who?.from).to.equal('--profile')
      expect(shadows.environment.map(({value, source}) => [value.api_url, source])).to.deep.equal([
        [OTHER, 'binding'],
        [HOME, 'current'],
      ])
      expect(shadows.who.map(({from, source}) => from || source)).to.deep.equal([
        'LLAMA_CLOUD_API_KEY',
        'ACME_PROFILE',
        '/other',
        'current',
      ])
    })

    it('goes on beside a damaged file that something else hides', async () => {
      const failing = {
        ...stores(),
        profiles: {
          ...stores().profiles,
          current: async () => {
            throw new Error('damaged')
          },
        },
      }
      const passOver = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined)
      const {who} = await explainIdentity(failing, given({profile: 'bob'}), passOver)
      expect(who?.value).to.include({kind: 'profile', name: 'bob'})
    })
  })

  describe('and a variable that does not count', () => {
    const ignored = (...invocation: Parameters<typeof given>) =>
      ignoredVariables(given(...invocation)).map(({variable, reason}) => `${variable}: ${reason}`)

    it('is named with the reason', () => {
      const {LLAMA_CLOUD_API_KEY} = KEY
      expect(ignored({}, {LLAMA_CLOUD_API_KEY})).to.deep.equal([
        'LLAMA_CLOUD_API_KEY: a project is missing beside it, LLAMA_AGENTS_PROJECT_ID',
      ])
      expect(ignored({}, {...KEY, LLAMA_CLOUD_USE_PROFILE: '1'})).to.deep.equal([
        'LLAMA_CLOUD_API_KEY: LLAMA_CLOUD_USE_PROFILE is on',
        'LLAMA_AGENTS_PROJECT_ID: LLAMA_CLOUD_USE_PROFILE is on',
      ])
      expect(ignored({environment: OTHER}, KEY)).to.deep.equal([
        'LLAMA_AGENTS_PROJECT_ID: --environment wins over it',
        'LLAMA_CLOUD_API_KEY: --environment wins over it',
      ])
      expect(ignored({}, KEY)).to.deep.equal([])
    })
  })

  describe('after the current profile was changed', () => {
    const wins = (env: Parameters<typeof given>[1], bound?: string, name = 'ada') =>
      whatWinsOverProfile(
        given({}, env).variables,
        bound === undefined ? undefined : {folder: '/client', api_url: HOME, profile: bound},
        {name, apiUrl: HOME},
      )

    it('is said in one line, where another one is used all the same', () => {
      expect(wins(KEY, 'bob')).to.match(/^LLAMA_CLOUD_API_KEY and LLAMA_AGENTS_PROJECT_ID are set.*USE_PROFILE=1/)
      expect(wins({ACME_PROFILE: 'eve'}, 'bob')).to.match(/^ACME_PROFILE is set to eve/)
      expect(wins({LLAMA_CLOUD_BASE_URL: OTHER}, 'bob')).to.match(/^LLAMA_CLOUD_BASE_URL is set/)
      expect(wins({}, 'bob')).to.match(/^\/client is bound to bob/)
    })

    it('is not said where the same one is used, or nothing else', () => {
      for (const text of [
        wins({}),
        wins({LLAMA_CLOUD_BASE_URL: `${HOME}/`}),
        wins({ACME_PROFILE: 'ada'}),
        wins({ACME_PROFILE: 'ada'}, 'bob'),
        wins({}, 'ada'),
      ])
        expect(text).to.equal(undefined)
    })
  })
})
