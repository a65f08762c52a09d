import {expect} from 'chai'
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import completionValues from '../../src/completion/values-hook.js'
import {DEFAULT_API_URL, folderName} from '../../src/environments/api-url.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const LOCAL = 'http://127.0.0.1:4010'

describe('the values that can be completed', () => {
  const folder = useTemporaryFolder()

  const put = (path: string, content: object | string): void => {
    const file = join(folder(), path)
    mkdirSync(dirname(file), {recursive: true, mode: 0o700})
    const text = typeof content === 'string' ? content : JSON.stringify({version: 1, ...content})
    writeFileSync(file, text, {mode: 0o600})
  }
  const profile = (id: string, name: string, project_id: string | null): object => ({
    ...{id, name, project_id, auth_type: 'none', credential: null},
  })
  const inLocal = (path: string): string => join('config', 'environments', folderName(LOCAL), path)

  const sources = () =>
    (completionValues as unknown as (options: object) => ReturnType<typeof completionValues>)({
      config: {configDir: join(folder(), 'config'), cacheDir: join(folder(), 'cache'), pjson: {oclif: {}}},
    })
  const read = async (kind: string) => (await sources())[kind]!.read()

  beforeEach(() => {
    put('config/current-environment.json', {api_url: LOCAL})
    put(inLocal('environment.json'), {api_url: LOCAL, requires_auth: false, min_llamactl_version: null})
    put(inLocal('profiles/p1.json'), profile('p1', 'work', 'prj-1'))
    put(inLocal('profiles/p2.json'), profile('p2', 'home', null))
    put(inLocal('current-profile.json'), {id: 'p1'})
  })

  it('are the profiles of the current environment, and which one is current', async () => {
    expect(await read('profile')).to.deep.equal([
      ['home', ''],
      ['work', 'current, project prj-1'],
    ])
  })

  it('are the known environments, and which one is current', async () => {
    expect(await read('environment')).to.deep.equal([
      [LOCAL, 'current, requires no login'],
      [DEFAULT_API_URL, ''],
    ])
  })

  it('are the projects and organizations of the current environment as last seen, with their names', async () => {
    const seen = join('cache', 'last-seen', folderName(LOCAL))
    put(join(seen, 'projects.json'), {projects: [{project_id: 'prj-1', project_name: 'Notes', org_id: 'o'}]})
    put(join(seen, 'organizations.json'), {organizations: [{org_id: 'o', org_name: 'Ours'}]})
    expect(await read('project')).to.deep.equal([['prj-1', 'Notes']])
    expect(await read('organization')).to.deep.equal([['o', 'Ours']])
  })

  it('are none where nothing is on the disk but the default environment', async () => {
    const values = (completionValues as unknown as (options: object) => ReturnType<typeof completionValues>)({
      config: {configDir: join(folder(), 'no'), cacheDir: join(folder(), 'no'), pjson: {oclif: {}}},
    })
    for (const [kind, source] of Object.entries(await values)) {
      expect(await source.read(), kind).to.deep.equal(kind === 'environment' ? [[DEFAULT_API_URL, 'current']] : [])
    }
  })

  it('leave out what is in a damaged file, and say nothing of it', async () => {
    put(inLocal('profiles/p1.json'), '{')
    put(inLocal('current-profile.json'), 'x')
    expect(await read('profile')).to.deep.equal([['home', '']])
  })

  it('are watched where a change is written', async () => {
    const {profile, environment} = await sources()
    expect(profile!.watch).to.deep.equal([
      join(folder(), 'config'),
      join(folder(), 'config', 'environments'),
      join(folder(), inLocal('')).replace(/\/$/, ''),
      join(folder(), inLocal('profiles')),
    ])
    expect(environment!.watch).to.include(join(folder(), 'config', 'environments'))
  })
})
