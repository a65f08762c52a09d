import {expect} from 'chai'
import {DEFAULT_API_URL} from '../../src/environments/api-url.js'
import {isAuthError} from '../../src/errors.js'
import {decodeCredential} from '../../src/login/credential.js'
import type {ImportOutcome} from '../../src/migration/import-outcome.js'
import {viewImport} from '../../src/output/import-view.js'
import {API_URL, DISCOVERY_URL, ENVIRONMENT, fail, haveLogin, oidcLogin} from '../login/support/fakes.js'
import {deviceLogin, type PythonProfile} from '../support/python-database.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {openMigration, type TestMigration} from './support/open-migration.js'

const row = (name: string, fields: Partial<PythonProfile> = {}): PythonProfile => ({
  name,
  api_url: API_URL,
  api_key: `llx-key-of-${name}`,
  ...fields,
})
const statuses = (outcomes: ImportOutcome[]) => outcomes.map(({name, status}) => `${name} ${status}`)

describe('importing profiles of the Python llamactl', () => {
  const folder = useTemporaryFolder()
  let test: TestMigration

  beforeEach(() => {
    test = openMigration(folder())
  })

  const secretOf = async ({profile}: ImportOutcome) => {
    const {apiKey, refreshToken} = decodeCredential((await test.store.get(profile!.credential!))!)
    return [apiKey.reveal(), refreshToken?.reveal()]
  }

  for (const version of [0, 1, 2] as const) {
    it(`takes keys, names and projects from a database of schema ${version}`, async () => {
      const [ada, grace] = await test.take({version, profiles: [row('ada', {project_id: 'prj-7'}), row('grace')]})
      expect(ada).to.deep.include({
        name: 'ada',
        apiUrl: API_URL,
        projectId: 'prj-7',
        authType: 'token',
        isVerified: true,
      })
      expect(await secretOf(ada!)).to.deep.equal(['llx-key-of-ada', undefined])
      expect(await secretOf(grace!)).to.deep.equal(['llx-key-of-grace', undefined])
      expect(await test.profiles.list(API_URL)).to.have.lengthOf(2)
    })
  }

  it('takes a browser login with what is needed to end it, and no access or ID token', async () => {
    const [ada] = await test.take({profiles: [row('ada', {api_key_id: 'key-7', device_oidc: deviceLogin()})]})
    expect(ada?.profile).to.deep.include({
      auth_type: 'oidc',
      oidc: {
        subject: 'sub-1',
        email: 'ada@example.com',
        discovery_url: DISCOVERY_URL,
        client_id: 'cli',
        api_key_id: 'key-7',
      },
    })
    expect(await secretOf(ada!)).to.deep.equal(['llx-key-of-ada', 'canary-refresh-token'])
  })

  it('knows a person by the user id where the ID token says nothing', async () => {
    for (const [index, device_id_token] of [null, 'x', 'e30.e30.', 7].entries()) {
      const login = deviceLogin({device_id_token})
      const name = `p${index}`
      const [taken] = await openMigration(`${folder()}/${name}`).take({
        profiles: [row(name, {api_key_id: name, device_oidc: login})],
      })
      expect(taken?.profile?.oidc?.subject).to.equal('user-1')
    }
  })

  it('takes a browser login that lacks something for a plain key', async () => {
    const lacking = [
      {device_oidc: 'not JSON', api_key_id: 'k'},
      {device_oidc: '[]', api_key_id: 'k'},
      {device_oidc: deviceLogin(), api_key_id: null},
      {device_oidc: deviceLogin({discovery_url: 'no url'}), api_key_id: 'k'},
      {device_oidc: deviceLogin({client_id: 7}), api_key_id: 'k'},
      {device_oidc: Buffer.from('blob'), api_key_id: 'k'},
    ]
    const outcomes = await test.take({profiles: lacking.map((fields, index) => row(`p${index}`, fields))})
    expect(outcomes.map(({authType}) => authType)).to.deep.equal(lacking.map(() => 'token'))
  })

  it('calls what is here already known, and leaves it alone', async () => {
    await test.environments.save(ENVIRONMENT)
    const {profiles, store} = test
    await haveLogin({profiles, store}, {id: 'mine', key_hint: 'llx-ke****-ada'}, {apiKey: 'llx-key-of-ada'})
    await haveLogin({profiles, store}, {id: 'other', oidc: oidcLogin()}, {apiKey: 'llx-minted-here'})
    const before = await profiles.list(API_URL)
    const outcomes = await test.take({
      profiles: [
        row('ada'),
        row('grace', {api_key_id: 'key-7', device_oidc: deviceLogin()}),
        row('linus', {api_key_id: 'key-1', device_oidc: deviceLogin({device_id_token: null})}),
      ],
    })
    expect(statuses(outcomes)).to.deep.equal(['ada known', 'grace known', 'linus known'])
    expect(await profiles.list(API_URL)).to.deep.equal(before)
    expect(test.asked).to.deep.equal([])
  })

  it('takes a key for another one that only looks like one that is here', async () => {
    await test.environments.save(ENVIRONMENT)
    await haveLogin(test, {id: 'mine', key_hint: 'llx-ke****-ada'}, {apiKey: 'llx-key-by-ada'})
    expect(statuses(await test.take({profiles: [row('ada')]}))).to.deep.equal(['ada imported'])
  })

  it('takes the same key once, under the first of its names', async () => {
    const outcomes = await test.take({profiles: [row('ada'), row('again', {api_key: 'llx-key-of-ada'})]})
    expect(statuses(outcomes)).to.deep.equal(['ada imported', 'again known'])
  })

  it('never takes a key that the server rejects', async () => {
    test = openMigration(folder(), {projects: (key) => (key.includes('ada') ? fail('CREDENTIAL_REJECTED') : okay())})
    const outcomes = await test.take({profiles: [row('ada'), row('grace')]})
    expect(statuses(outcomes)).to.deep.equal(['ada skipped', 'grace imported'])
    expect(outcomes[0]?.reason).to.contain('rejects')
  })

  it('takes keys unverified where the server does not answer, and asks it once', async () => {
    test = openMigration(folder(), {projects: (_, url) => (url === API_URL ? fail('NETWORK_ERROR') : okay())})
    const elsewhere = row('elsewhere', {api_url: 'https://eu.example.com'})
    const outcomes = await test.take({profiles: [row('ada'), row('grace'), elsewhere]})
    expect(outcomes.map(({isVerified, status}) => `${status} ${isVerified}`)).to.deep.equal(
      ['imported true', 'imported false', 'imported false'].reverse(),
    )
    expect(test.asked).to.deep.equal(['llx-key-of-ada', 'llx-key-of-elsewhere'])
  })

  it('stops when it is cancelled, with nothing written', async () => {
    test = openMigration(folder(), {projects: () => fail('CANCELLED')})
    const error = await test.take({profiles: [row('ada')]}).catch((caught: unknown) => caught)
    expect(isAuthError(error) && error.code).to.equal('CANCELLED')
    expect(await test.profiles.list(API_URL)).to.deep.equal([])
  })

  it('adds an environment as it stands there, under the spelling used here', async () => {
    await test.take({
      profiles: [
        row('ada', {api_url: 'https://API.example.com:443/'}),
        row('free', {api_url: 'http://127.0.0.1:9', api_key: null}),
      ],
      environments: [
        {api_url: 'https://API.example.com:443/', requires_auth: 1, min_llamactl_version: '0.9.0'},
        {api_url: 'http://127.0.0.1:9', requires_auth: 0},
      ],
    })
    const found = await test.environments.find(API_URL)
    expect(found).to.include({requires_auth: true, min_llamactl_version: '0.9.0'})
    expect(await test.environments.find('http://127.0.0.1:9')).to.include({requires_auth: false})
    expect((await test.profiles.list('http://127.0.0.1:9'))[0]).to.include({auth_type: 'none', credential: null})
  })

  it('says of each row why it cannot be taken', async () => {
    const unfit: [Partial<PythonProfile>, RegExp][] = [
      [{api_url: 'not a url'}, /not a URL/],
      [{api_url: Buffer.from('blob')}, /not a URL/],
      [{api_url: 'file:///etc'}, /https/],
      [{api_url: 'https://user:secret@example.com'}, /user name/],
      [{api_url: 'http://192.0.2.1'}, /in clear/],
      [{api_url: `https://example.com/${'x'.repeat(5000)}`}, /too long/],
      [{api_key: null}, /no key/],
      [{api_key: ''}, /no key/],
      [{api_key: Buffer.from('llx-blob')}, /no key/],
      [{api_key: 'two words'}, /not one word/],
      [{api_key: 'line\nbreak'}, /not one word/],
      [{api_key: 'x'.repeat(5000)}, /not one word/],
    ]
    const outcomes = await test.take({profiles: unfit.map(([fields], index) => row(`p${index}`, fields))})
    for (const [index, [, pattern]] of unfit.entries()) {
      const outcome = outcomes.find(({name}) => name === `p${index}`)
      expect(outcome).to.include({status: 'skipped', isScrubbed: false})
      expect(JSON.stringify(viewImport(outcome!))).not.to.contain('secret')
      expect(outcome?.reason, `p${index}`).to.match(pattern)
    }

    expect(test.asked).to.deep.equal([])
  })

  it('takes http to another machine where that is accepted, and remembers the consent', async () => {
    const clear = 'http://192.0.2.1'
    const outcomes = await test.take({profiles: [row('ada', {api_url: clear})]}, {allowHttp: true})
    expect(statuses(outcomes)).to.deep.equal(['ada imported'])
    expect(await test.environments.find(clear)).to.include({allow_http: true})
  })

  it('makes names and projects fit for a terminal', async () => {
    const outcomes = await test.take({
      profiles: [
        row(`\u001B[31mred\u202E${'x'.repeat(500)}`, {api_key: 'llx-1', project_id: 'prj\u0007'}),
        row(' ', {api_key: 'llx-2', project_id: ''}),
      ],
    })
    for (const {name, projectId} of outcomes) {
      expect(name).to.match(/^[\w[ ]{1,100}$/)
      expect(projectId).to.equal(null)
    }
  })

  describe('what is current afterwards', () => {
    const there = {currentProfile: 'grace', currentEnvironment: `${API_URL}/`}

    it('is what was current there', async () => {
      await test.take({...there, profiles: [row('ada'), row('grace')]})
      expect((await test.profiles.current(API_URL))?.name).to.equal('grace')
      expect((await test.environments.current())?.api_url).to.equal(API_URL)
    })

    it('is the first profile by name in the other environments, as Python has it', async () => {
      const api_url = 'https://eu.example.com'
      await test.take({...there, profiles: [row('grace', {api_url}), row('ada', {api_url, api_key: 'llx-other'})]})
      expect((await test.profiles.current(api_url))?.name).to.equal('ada')
      expect(await test.environments.current()).to.equal(undefined)
    })

    it('is the default environment still, where there was a profile in another one', async () => {
      await test.environments.save({...ENVIRONMENT, api_url: DEFAULT_API_URL})
      await test.profiles.save(DEFAULT_API_URL, {
        id: 'mine',
        name: 'mine',
        project_id: null,
        auth_type: 'none',
        credential: null,
      })
      await test.take({...there, profiles: [row('grace')]})
      expect((await test.profiles.current(API_URL))?.name).to.equal('grace')
      expect(await test.environments.current()).to.equal(undefined)
    })

    it('is what was current here, where there was a profile', async () => {
      await test.environments.save(ENVIRONMENT)
      const mine = await haveLogin(test, {id: 'mine'})
      await test.profiles.setCurrent(API_URL, mine.id)
      await test.take({...there, profiles: [row('grace')]})
      expect((await test.profiles.current(API_URL))?.name).to.equal('mine')
      expect(await test.environments.current()).to.equal(undefined)
    })
  })
})

const okay = async () => []
