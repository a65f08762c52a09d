import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import fc from 'fast-check'
import {createFileStore} from '../../src/credentials/file/file-store.js'
import {folderName} from '../../src/environments/api-url.js'
import {createEnvironmentStore} from '../../src/environments/environment-store.js'
import {createLeftoverStore} from '../../src/profiles/leftover-store.js'
import {createPendingLoginStore} from '../../src/profiles/pending-login-store.js'
import {createProfileStore} from '../../src/profiles/profile-store.js'
import {Secret} from '../../src/secret.js'
import {createFolder} from '../../src/storage/folder.js'
import {withLockFile} from '../../src/storage/lock-file.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {bytesLike, CANARY, holds, outcomeOf, text} from './support/fuzz.js'

const API_URL = 'https://api.example.com'
const environment = {version: 1, api_url: API_URL, requires_auth: true, min_llamactl_version: '0.4', extra: {a: [1]}}
const credential = {store: 'file', engine: 'plain', service: 'test', account: 'one'} as const
const profile = {
  version: 1,
  id: 'one',
  name: 'ada@example.com',
  project_id: 'prj',
  auth_type: 'oidc',
  credential,
  oidc: {
    subject: 's',
    email: 'ada@example.com',
    discovery_url: 'https://id.example.com',
    client_id: 'c',
    api_key_id: 'k',
  },
} as const
const secret = {version: 1, service: 'test', account: 'one', secret: CANARY}

describe('whatever is in a file', () => {
  const temporary = useTemporaryFolder()
  const folder = () => createFolder({path: temporary(), warn: () => undefined})
  const environments = () => createEnvironmentStore(folder(), () => undefined)
  const profiles = () => createProfileStore(folder(), folderName, () => undefined)
  const credentials = () => createFileStore({folder: folder(), service: 'test'})
  const inEnvironment = (...names: string[]) => ['environments', folderName(API_URL), ...names]

  function place(names: string[], content: Buffer): string {
    const path = join(temporary(), ...names)
    mkdirSync(dirname(path), {recursive: true, mode: 0o700})
    writeFileSync(path, content, {mode: 0o600})
    chmodSync(path, 0o600)
    return path
  }

  /** Either all of it is refused and the file stays, or what is read can be saved, and says the same again. */
  async function isReadOrRefused<T extends object>(
    path: string,
    content: Buffer,
    {
      read,
      save,
      remove,
    }: {read(): Promise<T | undefined>; save(value: T): Promise<unknown>; remove(): Promise<unknown>},
  ): Promise<void> {
    const {value, error} = await outcomeOf(read)
    expect(readFileSync(path).equals(content)).to.equal(true)
    if (error) {
      expect(error.message).to.include(path)
      expect(error.suggestions).to.have.length(1)
      expect((await outcomeOf(remove)).error?.code).to.equal('STORAGE_ERROR')
      expect(readFileSync(path).equals(content)).to.equal(true)
    } else if (value) {
      await save(value)
      expect(await read()).to.deep.equal(value)
      expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal(JSON.parse(content.toString()))
      await remove()
    }
  }

  it('an environment is read as it is or refused, and keeps the keys that are not known', () =>
    holds(bytesLike(environment), async (content) => {
      await isReadOrRefused(place(inEnvironment('environment.json'), content), content, {
        read: () => environments().find(API_URL),
        save: (value) => environments().save(value),
        remove: () => environments().remove(API_URL),
      })
    }))

  it('a profile is read as it is or refused, and keeps the keys that are not known', () =>
    holds(bytesLike(profile), async (content) => {
      place(inEnvironment('current-profile.json'), Buffer.from('{"version": 1, "id": "one"}'))
      await isReadOrRefused(place(inEnvironment('profiles', 'one.json'), content), content, {
        read: () => profiles().current(API_URL),
        save: (value) => profiles().save(API_URL, value),
        remove: () => profiles().remove(API_URL, 'one'),
      })
      const listed = await profiles().list(API_URL)
      expect(listed.length).to.be.at.most(1)
    }))

  it('a leftover is listed or reported, and can be dropped when it is listed', () =>
    holds(
      bytesLike({version: 1, login: profile, key_name: 'k', maker: {pid: 1, host: 'h', since: 1}}),
      async (content) => {
        const path = place(inEnvironment('leftovers', 'one.json'), content)
        const reported: Error[] = []
        const leftovers = createLeftoverStore(folder(), folderName, (error) => reported.push(error))
        const listed = await leftovers.list(API_URL)
        expect(readFileSync(path).equals(content)).to.equal(true)
        expect(listed.length + reported.length).to.equal(1)
        for (const {message} of reported) expect(message).to.include(path)
        for (const leftover of listed) await leftovers.drop(API_URL, leftover)
        expect(existsSync(path)).to.equal(listed.length === 0)
      },
    ))

  it('a login that waits is listed or reported, and can be dropped when it is listed', () => {
    const times = {interval: 5, next_poll_at: 1, expires_at: 2}
    const named = {discovery_url: 'https://id.example.com', client_id: 'c', project_id: null}
    return holds(bytesLike({version: 1, id: 'one', credential, ...named, ...times}), async (content) => {
      const path = place(inEnvironment('pending-logins', 'one.json'), content)
      const reported: Error[] = []
      const pendingLogins = createPendingLoginStore(folder(), folderName, (error) => reported.push(error))
      const listed = await pendingLogins.list(API_URL)
      expect(readFileSync(path).equals(content)).to.equal(true)
      expect(listed.length + reported.length).to.equal(1)
      for (const {message} of reported) expect(message).to.include(path)
      for (const {id} of listed) await pendingLogins.drop(API_URL, id)
      expect(existsSync(path)).to.equal(listed.length === 0)
    })
  })

  it('a secret is read as it is or refused, and no error quotes it', () =>
    holds(bytesLike(secret), async (content) => {
      await isReadOrRefused(place(['credentials', 'one.json'], content), content, {
        read: () => credentials().get(credential),
        save: async () => undefined,
        remove: () => credentials().delete(credential),
      })
    }))

  for (const [what, names, sound] of [
    ['environment', ['current-environment.json'], {version: 1, api_url: API_URL, extra: [1]}],
    ['profile', inEnvironment('current-profile.json'), {version: 1, id: 'one', extra: [1]}],
  ] as const) {
    it(`a pointer to the current ${what} is followed or refused, and can be set anew unless it is a newer one`, async () => {
      await environments().save(environment)
      await profiles().save(API_URL, profile)
      await holds(bytesLike(sound), async (content) => {
        const path = place([...names], content)
        const current = () => (what === 'profile' ? profiles().current(API_URL) : environments().current())
        const before = await outcomeOf(async () => current())
        expect(readFileSync(path).equals(content)).to.equal(true)
        const {error} = await outcomeOf(async () =>
          what === 'profile' ? profiles().setCurrent(API_URL, 'one') : environments().setCurrent(API_URL),
        )
        if (error) {
          expect(error.message).to.include('newer version')
          expect(readFileSync(path).equals(content)).to.equal(true)
          return
        }

        expect(await current()).to.have.property(what === 'profile' ? 'id' : 'api_url')
        const copies = readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'))
        const isKept = copies.some((name) => readFileSync(join(dirname(path), name)).equals(content))
        expect(isKept).to.equal(before.error !== undefined)
        for (const name of copies) rmSync(join(dirname(path), name))
      })
    })
  }

  it('no name leads out of its folder', () =>
    holds(fc.oneof(text, fc.string({unit: fc.constantFrom('.', '/', '\\', 'a', ':', '\0', ' ')})), async (name) => {
      const {value: path} = await outcomeOf(() => folder().folder(name).path)
      if (path === undefined) return
      expect(dirname(path)).to.equal(temporary())
      expect(path).not.to.match(/[\0-\x1F]/) // eslint-disable-line no-control-regex
    }))

  it('an account names one file or none, and gives its secret back', () =>
    holds(fc.tuple(text, text), async ([account, value]) => {
      const {value: reference} = await outcomeOf(() => credentials().set(account, new Secret(value)))
      if (!reference) return
      expect((await credentials().get(reference))?.reveal()).to.equal(value)
      expect(await credentials().delete(reference)).to.equal(true)
      expect(await credentials().get(reference)).to.equal(undefined)
    }))

  it('a lock that was left behind is taken over', () =>
    holds(fc.uint8Array({maxLength: 100}), async (content) => {
      const path = join(temporary(), 'one.lock')
      writeFileSync(path, content)
      utimesSync(path, 0, 0)
      expect(await withLockFile(path, async () => 'done')).to.equal('done')
      expect(readdirSync(temporary())).to.deep.equal([])
    }))
})
