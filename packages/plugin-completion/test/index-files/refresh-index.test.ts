import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {useTemporaryFolder} from '../../../plugin-auth/test/support/temporary-folder.js'
import {refreshIndex, refreshValues, staleFiles} from '../../src/index-files/refresh-index.js'
import type {ValueSources} from '../../src/value-source.js'
import {makeSample, type Sample} from '../support/sample.js'

describe('the index', () => {
  const folder = useTemporaryFolder()
  let sample: Sample
  let sources: ValueSources

  beforeEach(async () => {
    sample = await makeSample()
    sources = {}
    sample.config.runHook = (async () => ({
      successes: [{result: sources}],
      failures: [],
    })) as unknown as typeof sample.config.runHook
  })
  afterEach(() => sample.remove())

  const read = (name: string): string[] =>
    readFileSync(join(sample.folder, name), 'utf8').replace(/\n$/, '').split('\n')
  const stale = () => staleFiles(sample.config)
  const fresh = {commands: false, kinds: []}

  it('is fresh when it was just written, and stale when a source is younger, gone, or made', async () => {
    const [store, later] = [join(folder(), 'store'), join(folder(), 'not', 'yet')]
    writeFileSync(store, '')
    sources = {profile: {watch: [store], read: async () => []}, project: {watch: [later], read: async () => []}}
    await sample.refresh()
    expect(stale()).to.deep.equal(fresh)

    writeFileSync(join(folder(), 'next'), '')
    renameSync(join(folder(), 'next'), store)
    // Later than the clock of the file system can tell.
    for (const changed of [store, folder()]) utimesSync(changed, Date.now() / 1000 + 1, Date.now() / 1000 + 1)
    expect(stale()).to.deep.equal({commands: false, kinds: ['profile', 'project']})
    await refreshValues(sample.config, ['profile', 'project'])
    expect(stale()).to.deep.equal(fresh)

    rmSync(store)
    expect(stale().kinds).to.include('profile')
    await refreshValues(sample.config, ['profile', 'project'])
    mkdirSync(join(folder(), 'not'))
    utimesSync(folder(), Date.now() / 1000 + 2, Date.now() / 1000 + 2)
    expect(stale().kinds).to.include('project')
  })

  it('is stale when its source changed while the values were read', async () => {
    const store = join(folder(), 'store')
    writeFileSync(store, '')
    sources = {
      profile: {
        watch: [store],
        async read() {
          utimesSync(store, Date.now() / 1000 + 5, Date.now() / 1000 + 5)
          return []
        },
      },
    }
    await sample.refresh()
    expect(stale().kinds).to.deep.equal(['profile'])
  })

  it('is stale after an upgrade of a plugin', async () => {
    await sample.refresh()
    const plugin = join(folder(), 'plugin')
    mkdirSync(plugin)
    writeFileSync(join(plugin, 'package.json'), '{}')
    const [root] = [...sample.config.plugins.values()]
    sample.config.plugins.set('other', Object.assign(Object.create(root!), {name: 'other', root: plugin}))
    await sample.refresh()
    expect(stale()).to.deep.equal(fresh)
    utimesSync(join(plugin, 'package.json'), Date.now() / 1000 + 5, Date.now() / 1000 + 5)
    expect(stale().commands).to.equal(true)
    rmSync(plugin, {recursive: true})
    expect(stale().commands).to.equal(true)
  })

  it('leaves out what a shell could not insert as it is, and cleans what it only shows', async () => {
    const unfit = ['', '-rf', '~root', 'new\nline', 'tab\tbed', 'esc\u001B[31m', '\u202Eltr', 'x'.repeat(201), 7]
    const values = [...unfit.map((value) => [value, '']), ['fit', 'one\ntwo\t\u001B[31m'], ['other', undefined]]
    sources = {profile: {watch: [], read: async () => values as unknown as [string, string][]}}
    await sample.refresh()
    expect(read('v.profile.tsv').slice(1)).to.deep.equal(['fit\tone', 'other\t'])
  })

  it('has an empty list for a kind that nobody knows, and none for one that cannot be read', async () => {
    sources = {
      profile: {
        watch: [],
        async read() {
          throw new Error('damaged')
        },
      },
    }
    await sample.refresh()
    expect(read('v.project.tsv')).to.have.length(1)
    expect(readdirSync(sample.folder)).not.to.include('v.profile.tsv')
  })

  it('says everything once, also of a command that oclif lists again by its aliases', async () => {
    const alias = {...sample.config.findCommand('auth:list')!, id: 'auth:ls'}
    const commands = sample.config.commands
    const once = read('spec.tsv')
    Object.defineProperty(sample.config, 'commands', {value: [...commands, alias]})
    rmSync(sample.folder, {recursive: true})
    await sample.refresh()
    expect(read('spec.tsv')).to.deep.equal(once)
    expect(new Set(once).size).to.equal(once.length)
  })

  it('runs nothing that stands in a summary', () => {
    const help = read('spec.tsv').find((line) => line.startsWith('C\thelp\t'))
    expect(help).to.equal('C\thelp\tDisplay help for llamactl. …')
  })

  it('is for its person alone, whatever the umask', async () => {
    rmSync(sample.folder, {recursive: true})
    const umask = process.umask(0o000)
    try {
      await sample.refresh()
    } finally {
      process.umask(umask)
    }

    expect(statSync(sample.folder).mode & 0o777).to.equal(0o700)
    for (const name of readdirSync(sample.folder)) {
      expect(statSync(join(sample.folder, name)).mode & 0o777, name).to.equal(0o600)
    }

    chmodSync(sample.folder, 0o755)
    await sample.refresh()
    expect(statSync(sample.folder).mode & 0o777).to.equal(0o700)
  })

  it('is not written into a folder that something else is in the place of', async () => {
    rmSync(sample.folder, {recursive: true})
    symlinkSync(folder(), sample.folder)
    await refreshIndex(sample.config)
    expect(readdirSync(folder())).to.deep.equal([])
  })

  it('takes the place of whatever has the name of one of its files', async () => {
    const path = join(sample.folder, 'v.profile.tsv')
    rmSync(path)
    execFileSync('mkfifo', [path])
    expect(stale().kinds).to.include('profile')
    sources = {profile: {watch: [], read: async () => [['work', '']]}}
    await sample.refresh()
    expect(read('v.profile.tsv')).to.deep.equal(['V\t1\t=', 'work\t'])
    expect(readdirSync(sample.folder).filter((name) => name.endsWith('.tmp'))).to.deep.equal([])
  })
})
