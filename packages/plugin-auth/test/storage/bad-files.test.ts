import {createHash} from 'node:crypto'
import {chmodSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {createFileStore} from '../../src/credentials/file/file-store.js'
import {folderName} from '../../src/environments/api-url.js'
import {createEnvironmentStore} from '../../src/environments/environment-store.js'
import type {AuthError} from '../../src/errors.js'
import {createFolderBindingStore} from '../../src/identity/folder-binding-store.js'
import {createLeftoverStore} from '../../src/profiles/leftover-store.js'
import {createProfileStore} from '../../src/profiles/profile-store.js'
import {Secret} from '../../src/secret.js'
import {createFolder} from '../../src/storage/folder.js'
import {BAD_FILES, type BadFile, fingerprint} from '../support/bad-files.js'
import {refusal} from '../support/refusal.js'
import {requireThat} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const API_URL = 'https://api.example.com'
const OTHER_URL = 'https://other.example.com'
const environment = {version: 1, api_url: API_URL, requires_auth: true, min_llamactl_version: null}
const credential = {store: 'file', engine: 'plain', service: 'test', account: 'one'} as const
const profile = {version: 1, id: 'one', name: 'ada', project_id: null, auth_type: 'token', credential} as const
const other = {...profile, id: 'other', name: 'grace', credential: {...credential, account: 'other'}}

const FOLDER = '/home/ada/work'
const binding = {version: 1, folder: FOLDER, api_url: API_URL, profile: 'ada'}

describe('a bad file', () => {
  const temporary = useTemporaryFolder()
  let warnings: string[]
  let reported: AuthError[]

  beforeEach(() => {
    warnings = []
    reported = []
  })

  /** As a command has them: made anew, nothing remembered. */
  const open = (path = join(temporary(), 'config')) => {
    const folder = createFolder({path, warn: (text) => warnings.push(text)})
    const onDamaged = (error: AuthError) => reported.push(error)
    return {
      folder,
      environments: createEnvironmentStore(folder, onDamaged),
      profiles: createProfileStore(folder, folderName, onDamaged),
      leftovers: createLeftoverStore(folder, folderName, onDamaged),
      bindings: createFolderBindingStore(folder, dirname, onDamaged),
      credentials: createFileStore({folder, service: 'test'}),
    }
  }

  /** A home in which all is as it should be. */
  let furnished: string
  before(async () => {
    furnished = mkdtempSync(join(tmpdir(), 'auth-test-furnished-'))
    const {environments, profiles, leftovers, bindings, credentials} = open(join(furnished, 'config'))
    for (const api_url of [API_URL, OTHER_URL]) await environments.save({...environment, api_url})
    await environments.setCurrent(API_URL)
    for (const one of [profile, other]) {
      await profiles.save(API_URL, one)
      await credentials.set(one.id, new Secret('llx-canary'))
    }

    await profiles.setCurrent(API_URL, profile.id)
    await leftovers.note(API_URL, {login: profile})
    for (const folder of [FOLDER, '/home/ada']) await bindings.save({...binding, folder})
  })
  after(() => rmSync(furnished, {recursive: true}))

  interface Reader {
    path: string[]
    sound: Record<string, unknown>
    read(): Promise<unknown>
    /** What would lose the file; refused where the file is. */
    change: (() => Promise<unknown>)[]
    /** States anew what the file says: a pointer only. */
    restate?(): Promise<unknown>
    /** What has to work all the same. */
    unharmed(): Promise<void>
  }

  const inEnvironment = (...names: string[]) => ['environments', folderName(API_URL), ...names]

  async function othersAreThere(): Promise<void> {
    expect((await open().environments.find(OTHER_URL))?.api_url).to.equal(OTHER_URL)
    expect((await open().profiles.list(API_URL)).map(({name}) => name)).to.include('grace')
    expect((await open().credentials.get(other.credential))?.reveal()).to.equal('llx-canary')
  }

  const readers: Record<string, Reader> = {
    'an environment': {
      path: inEnvironment('environment.json'),
      sound: environment,
      read: () => open().environments.find(API_URL),
      change: [() => open().environments.save(environment), () => open().environments.remove(API_URL)],
      async unharmed() {
        expect((await open().environments.list()).map(({api_url}) => api_url)).to.include(OTHER_URL)
        await othersAreThere()
      },
    },
    'the current environment': {
      path: ['current-environment.json'],
      sound: {version: 1, api_url: API_URL},
      read: () => open().environments.current(),
      change: [() => open().environments.clearCurrent()],
      restate: () => open().environments.setCurrent(OTHER_URL),
      async unharmed() {
        expect(await open().environments.list()).to.have.length(3)
        expect((await open().profiles.current(API_URL))?.name).to.equal('ada')
        await othersAreThere()
      },
    },
    'the binding of a folder': {
      path: ['folder-bindings', `${createHash('sha256').update(FOLDER).digest('hex').slice(0, 32)}.json`],
      sound: binding,
      read: () => open().bindings.find(`${FOLDER}/below`),
      change: [() => open().bindings.remove(FOLDER)],
      restate: () => open().bindings.save({...binding, profile: 'grace'}),
      async unharmed() {
        expect((await open().bindings.list()).map(({folder}) => folder)).to.include('/home/ada')
        expect((await open().bindings.find('/home/ada/play'))?.profile).to.equal('ada')
        await othersAreThere()
      },
    },
    'a leftover': {
      path: inEnvironment('leftovers', 'one.json'),
      sound: {version: 1, login: profile, maker: {pid: 1, host: 'here', since: 1}},
      read: async () => {
        const before = reported.length
        const [found] = await open().leftovers.list(API_URL)
        if (reported.length > before) throw reported.pop()!
        return found
      },
      change: [
        () => open().leftovers.note(API_URL, {login: profile}),
        () => open().leftovers.drop(API_URL, {login: profile}),
      ],
      unharmed: othersAreThere,
    },
    'a profile': {
      path: inEnvironment('profiles', 'one.json'),
      sound: profile,
      read: () => open().profiles.current(API_URL),
      change: [
        () => open().profiles.save(API_URL, profile),
        () => open().profiles.update(API_URL, 'one', (latest) => latest),
        () => open().profiles.switchTo(API_URL, 'one'),
        () => open().profiles.remove(API_URL, 'one'),
      ],
      unharmed: othersAreThere,
    },
    'the current profile': {
      path: inEnvironment('current-profile.json'),
      sound: {version: 1, id: 'one'},
      read: () => open().profiles.current(API_URL),
      change: [() => open().profiles.clearCurrent(API_URL)],
      restate: () => open().profiles.switchTo(API_URL, 'other'),
      async unharmed() {
        expect((await open().profiles.list(API_URL)).map(({name}) => name)).to.deep.equal(['ada', 'grace'])
        await othersAreThere()
      },
    },
    'a secret': {
      path: ['credentials', 'one.json'],
      sound: {version: 1, service: 'test', account: 'one', secret: 'llx-canary'},
      read: () => open().credentials.get(credential),
      change: [() => open().credentials.set('one', new Secret('llx-new')), () => open().credentials.delete(credential)],
      unharmed: othersAreThere,
    },
  }

  /** Puts the bad file in place of the sound one. */
  async function inPlace(reader: Reader, bad: BadFile, work: (path: string) => Promise<void>): Promise<void> {
    cpSync(furnished, temporary(), {recursive: true})
    const path = join(temporary(), 'config', ...reader.path)
    rmSync(path)
    await bad.place(path, reader.sound)
    await work(path)
  }

  for (const [what, bad] of Object.entries(BAD_FILES)) {
    describe(`that is ${what}`, () => {
      requireThat(!bad.missing, `needs ${bad.missing || 'nothing'}`)

      for (const [of, reader] of Object.entries(readers)) {
        if (bad.outcome === 'read' || bad.outcome === 'tightened') {
          it(`in place of ${of} is read`, () =>
            inPlace(reader, bad, async (path) => {
              const before = {...fingerprint(path), mode: 0}
              const mode = lstatSync(path).mode & 0o7777
              const read = await reader.read()
              expect(read).to.be.an('object')
              expect({...fingerprint(path), mode: 0}).to.deep.equal(before)
              const isTightened = bad.outcome === 'tightened'
              expect(lstatSync(path).mode & 0o7777).to.equal(isTightened ? mode & 0o700 : mode)
              expect(warnings.filter((text) => text.includes(path))).to.have.length(isTightened ? 1 : 0)
              await reader.unharmed()
            }))
          continue
        }

        it(`in place of ${of} is refused, stays as it is, and harms nothing else`, () =>
          inPlace(reader, bad, async (path) => {
            const before = fingerprint(path)
            for (const call of [reader.read, ...reader.change]) {
              const error = await refusal(call(), 'STORAGE_ERROR')
              expect(error.message).to.include(path).and.not.to.include('canary')
              expect(error.suggestions.join()).to.match(bad.outcome === 'newer' ? /Upgrade/ : /away|Remove|Check who/)
              expect(fingerprint(path)).to.deep.equal(before)
            }

            await reader.unharmed()
            expect(fingerprint(path)).to.deep.equal(before)
            expect(warnings.filter((text) => text.includes(path))).to.deep.equal([])
            for (const {message} of reported) expect(message).to.include(path)
          }))

        const {restate} = reader
        if (!restate) continue
        const isKept = bad.outcome === 'damaged'
        it(`in place of ${of} is ${isKept ? 'kept beside a new one' : 'refused'} when it is set`, () =>
          inPlace(reader, bad, async (path) => {
            const before = fingerprint(path)
            if (!isKept) {
              await refusal(restate(), 'STORAGE_ERROR')
              expect(fingerprint(path)).to.deep.equal(before)
              return
            }

            await restate()
            const [aside = ''] = readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'))
            expect(fingerprint(join(dirname(path), aside))).to.include({text: (before as {text: string}).text})
            expect(warnings).to.have.length(1)
            expect(await reader.read()).to.be.an('object')
          }))
      }

      it('in place of a lock stops nobody for ever', async () => {
        const {folder} = open()
        const path = join(temporary(), 'config', 'locks', 'one.lock')
        mkdirSync(dirname(path), {recursive: true, mode: 0o700})
        for (const part of [dirname(path), dirname(dirname(path))]) chmodSync(part, 0o700)
        await bad.place(path, {version: 1})
        const isFile = lstatSync(path).isFile()
        if (isFile) utimesSync(path, 0, 0)
        const before = fingerprint(path)
        const turn = folder.folder('locks').exclusively('one', async () => 'done')
        if (isFile && !(bad.outcome === 'refused' && /may not/.test(what))) {
          expect(await turn).to.equal('done')
        } else {
          const error = await refusal(turn, 'STORAGE_ERROR')
          expect(error.message).to.include(path)
          expect(fingerprint(path)).to.deep.equal(before)
        }
      })
    })
  }
})
