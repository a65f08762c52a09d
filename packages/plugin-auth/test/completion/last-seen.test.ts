import {expect} from 'chai'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {createLastSeen} from '../../src/completion/last-seen.js'
import type {ControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import type {Organization, Project} from '../../src/control-plane/replies.js'
import {folderName} from '../../src/environments/api-url.js'
import {createFolder} from '../../src/storage/folder.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const API_URL = 'https://api.example.com'

const project = (id: string, org_id = 'one'): Project => ({
  project_id: id,
  project_name: `Project ${id}`,
  deployment_count: 3,
  org_id,
})

describe('what a server was last seen to have', () => {
  const folder = useTemporaryFolder()
  let projects: Project[]
  let organizations: Organization[]

  const store = () =>
    createLastSeen(createFolder({path: join(folder(), 'last-seen'), warn: () => undefined}), folderName)
  const client = (): ControlPlaneClient =>
    store().remembering(
      {projects: async () => projects, organizations: async () => organizations} as unknown as ControlPlaneClient,
      API_URL,
    )
  const ids = async (): Promise<string[]> => (await store().projects(API_URL)).map(({project_id}) => project_id)
  const file = (name: string): string => join(folder(), 'last-seen', folderName(API_URL), name)

  beforeEach(() => {
    projects = [project('a'), project('b', 'two')]
    organizations = [{org_id: 'one', org_name: 'One', is_default: true}]
  })

  it('is nothing before anything was listed', async () => {
    expect(await ids()).to.deep.equal([])
    expect(await store().organizations(API_URL)).to.deep.equal([])
    expect(readdirSync(folder())).to.deep.equal([])
  })

  it('is remembered when a command lists it, with what is needed to tell it apart and no more', async () => {
    expect(await client().projects()).to.deep.equal(projects)
    expect(await client().organizations()).to.deep.equal(organizations)
    expect(JSON.parse(readFileSync(file('projects.json'), 'utf8'))).to.deep.equal({
      version: 1,
      projects: [
        {project_id: 'a', project_name: 'Project a', org_id: 'one'},
        {project_id: 'b', project_name: 'Project b', org_id: 'two'},
      ],
    })
    expect(await store().organizations(API_URL)).to.deep.equal([{org_id: 'one', org_name: 'One'}])
    expect(statSync(file('projects.json')).mode & 0o777).to.equal(0o600)
    expect(await store().projects('https://other.example.com')).to.deep.equal([])
  })

  it('keeps the projects of other organizations when those of one are listed', async () => {
    await client().projects()
    projects = [project('c', 'two')]
    await client().projects('two')
    expect(await ids()).to.deep.equal(['c', 'a'])
    projects = []
    await client().projects()
    expect(await ids()).to.deep.equal([])
  })

  it('is not written again when it is the same', async () => {
    await client().projects()
    const {ino} = statSync(file('projects.json'))
    await client().projects()
    expect(statSync(file('projects.json')).ino).to.equal(ino)
  })

  it('goes with its environment', async () => {
    await client().projects()
    await client().organizations()
    await store().forget(API_URL)
    expect(await ids()).to.deep.equal([])
    expect(readdirSync(join(folder(), 'last-seen'))).to.deep.equal([])
    await store().forget(API_URL)
  })

  it('is cut where there are thousands', async () => {
    projects = Array.from({length: 3000}, (_, index) => project(`p${index}`))
    await client().projects()
    expect(await ids()).to.have.length(250)
  })

  it('never makes a command fail: a damaged file stays as it is', async () => {
    await client().projects()
    writeFileSync(file('projects.json'), '{')
    projects = [project('z')]
    expect(await client().projects()).to.deep.equal(projects)
    expect(readFileSync(file('projects.json'), 'utf8')).to.equal('{')
  })
})
