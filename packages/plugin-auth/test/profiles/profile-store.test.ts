import {cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {folderName} from '../../src/environments/api-url.js'
import type {AuthError} from '../../src/errors.js'
import type {Profile} from '../../src/profiles/profile.js'
import {createProfileStore} from '../../src/profiles/profile-store.js'
import {createFolder} from '../../src/storage/folder.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const HERE = 'https://api.example.com'
const THERE = 'https://api.example.com/there'

const profile = (id: string, fields: Partial<Profile> = {}): Profile => ({
  id,
  name: `name of ${id}`,
  project_id: 'prj-1',
  auth_type: 'token',
  credential: {store: 'keychain', engine: 'keytar', service: 'test', account: id},
  key_hint: 'llx-de****ce2f',
  ...fields,
})

const browserLogin = profile('id-oidc', {
  auth_type: 'oidc',
  oidc: {
    subject: 'sub-1',
    email: null,
    discovery_url: 'https://login.example.com/.well-known/openid-configuration',
    client_id: 'cli',
    api_key_id: 'key-1',
  },
})

describe('the profiles of an environment', () => {
  const temporary = useTemporaryFolder()
  let reported: AuthError[]
  beforeEach(() => (reported = []))

  const folder = () => createFolder({path: temporary(), warn() {}})
  const open = () => createProfileStore(folder(), folderName, (error) => reported.push(error))
  const pathOf = (id: string, apiUrl = HERE) =>
    join(temporary(), 'environments', folderName(apiUrl), 'profiles', `${id}.json`)
  const pointer = () => join(temporary(), 'environments', folderName(HERE), 'current-profile.json')
  const names = async () => (await open().list(HERE)).map(({name}) => name)
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  const write = (path: string, document: unknown) => {
    mkdirSync(dirname(path), {recursive: true, mode: 0o700})
    writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document), {mode: 0o600})
  }

  it('are none at first, with nothing on the disk', async () => {
    expect(await names()).to.deep.equal([])
    expect(await open().current(HERE)).to.equal(undefined)
    await open().clearCurrent(HERE)
    await open().remove(HERE, 'nobody')
    expect(readdirSync(temporary())).to.deep.equal([])
  })

  it('are listed by name, then by id, and read as they were saved', async () => {
    const saved = [
      profile('b', {name: 'ada'}),
      profile('a', {name: 'bob', auth_type: 'none', credential: null, project_id: null}),
      profile('c', {name: 'ada'}),
      browserLogin,
    ]
    for (const one of saved) await open().save(HERE, one)
    const listed = await open().list(HERE)
    expect(listed.map(({id}) => id)).to.deep.equal(['b', 'c', 'a', 'id-oidc'])
    for (const one of saved) expect(listed.find(({id}) => id === one.id)).to.deep.include(one)
  })

  it('are those of that environment alone', async () => {
    await open().save(HERE, profile('a'))
    await open().save(THERE, profile('b'))
    await open().setCurrent(THERE, 'b')
    expect(await names()).to.deep.equal(['name of a'])
    expect(await open().current(HERE)).to.equal(undefined)
    expect(await open().current(THERE)).to.include({id: 'b'})
  })

  it('are gone once removed, and the others stay', async () => {
    await open().save(HERE, profile('a'))
    await open().save(HERE, profile('b'))
    await open().remove(HERE, 'a')
    await open().remove(HERE, 'a')
    expect(await names()).to.deep.equal(['name of b'])
  })

  it('keep what a newer version wrote, also inside of credential and oidc', async () => {
    const document = {
      ...browserLogin,
      version: 1,
      colour: {name: 'red'},
      credential: {...browserLogin.credential, sealed: true},
      oidc: {...browserLogin.oidc, amr: ['otp']},
    }
    write(pathOf('id-oidc'), document)
    await open().update(HERE, 'id-oidc', (one) => ({...one, project_id: 'prj-2'}))
    expect(read(pathOf('id-oidc'))).to.deep.equal({...document, project_id: 'prj-2'})
    const [listed] = await open().list(HERE)
    await open().save(HERE, {...listed!, name: 'other'})
    expect(read(pathOf('id-oidc'))).to.deep.equal({...document, project_id: 'prj-2', name: 'other'})
  })

  describe('when one is updated', () => {
    it('changes what is on the disk now', async () => {
      await open().save(HERE, profile('a'))
      const store = open()
      await store.list(HERE)
      await open().save(HERE, profile('a', {name: 'renamed meanwhile'}))
      const changed = await store.update(HERE, 'a', (one) => ({...one, project_id: 'prj-2'}))
      expect(changed).to.include({name: 'renamed meanwhile', project_id: 'prj-2'})
      expect(read(pathOf('a'))).to.include({name: 'renamed meanwhile', project_id: 'prj-2'})
    })

    it('does not bring back one that is gone', async () => {
      const change = () => expect.fail('there is nothing to change')
      expect(await open().update(HERE, 'a', change)).to.equal(undefined)
      expect(readdirSync(temporary())).to.deep.equal(['locks'])
    })
  })

  describe('one of which is current', () => {
    beforeEach(async () => {
      await open().save(HERE, profile('a'))
      await open().save(HERE, profile('b'))
      await open().setCurrent(HERE, 'a')
    })

    it('stays current when it is renamed', async () => {
      await open().update(HERE, 'a', (one) => ({...one, name: 'renamed'}))
      expect(await open().current(HERE)).to.include({name: 'renamed'})
    })

    it('is none once that profile is gone, however it went', async () => {
      rmSync(pathOf('a'))
      expect(await open().current(HERE)).to.equal(undefined)
      await open().setCurrent(HERE, 'b')
      expect(await open().current(HERE)).to.include({id: 'b'})
      await open().clearCurrent(HERE)
      expect(await open().current(HERE)).to.equal(undefined)
    })

    it('keeps what a newer version wrote beside it', async () => {
      write(pointer(), {version: 1, id: 'a', since: 2027})
      await open().setCurrent(HERE, 'b')
      expect(read(pointer())).to.deep.equal({version: 1, id: 'b', since: 2027})
    })

    for (const id of ['', '..', '../b', '../../x', 'a/b', 'A', 'a.b', 'a b', 'ü', 'a'.repeat(65), 7, null]) {
      it(`is not known where the file says ${JSON.stringify(id)}, until another one is made current`, async () => {
        write(pointer(), {version: 1, id})
        const before = readFileSync(pointer(), 'utf8')
        await refusal(open().current(HERE), 'STORAGE_ERROR')
        expect(readFileSync(pointer(), 'utf8')).to.equal(before)
        expect(await names()).to.have.length(2)
        await open().setCurrent(HERE, 'b')
        expect(await open().current(HERE)).to.include({id: 'b'})
      })
    }
  })

  describe('of which one is damaged', () => {
    const sound = {...browserLogin, id: 'b', version: 1}
    const damages: Record<string, unknown> = {
      empty: '',
      'cut off': '{"version": 1, "id": "b", "na',
      'of a newer version': {...sound, version: 2},
      'without an id': {...sound, id: undefined},
      'with the id of another': {...sound, id: 'a'},
      'with an id that is a path': {...sound, id: '../b'},
      'without a name': {...sound, name: ''},
      'with a project that is a number': {...sound, project_id: 7},
      'of a kind that nobody knows': {...sound, auth_type: 'saml'},
      'without a credential it should have': {...sound, credential: null},
      'with a credential it should not have': {...sound, auth_type: 'none'},
      'with a credential that is text': {...sound, credential: 'llx-canary'},
      'with a credential in a store that nobody knows': {...sound, credential: {...sound.credential, store: 'cloud'}},
      'with a credential without an account': {...sound, credential: {...sound.credential, account: undefined}},
      'with a hint that is a number': {...sound, key_hint: 7},
      'with an oidc that is a list': {...sound, oidc: []},
      'with an oidc without a subject': {...sound, oidc: {...sound.oidc, subject: undefined}},
      'with an oidc without a provider': {...sound, oidc: {...sound.oidc, discovery_url: null}},
      'with an oidc without the id of its key': {...sound, oidc: {...sound.oidc, api_key_id: 3}},
    }

    for (const [what, document] of Object.entries(damages)) {
      it(`(${what}) still show the other two, and say which`, async () => {
        await open().save(HERE, profile('a'))
        await open().save(HERE, profile('c'))
        write(pathOf('b'), document)
        const before = readFileSync(pathOf('b'), 'utf8')
        expect(await names()).to.deep.equal(['name of a', 'name of c'])
        expect(reported.map(({code}) => code)).to.deep.equal(['STORAGE_ERROR'])
        expect(reported[0]!.message).to.include(pathOf('b')).and.not.include('canary')
        await refusal(open().save(HERE, profile('b')), 'STORAGE_ERROR')
        await refusal(open().remove(HERE, 'b'), 'STORAGE_ERROR')
        await open().setCurrent(HERE, 'b')
        await refusal(open().current(HERE), 'STORAGE_ERROR')
        expect(readFileSync(pathOf('b'), 'utf8')).to.equal(before)
      })
    }

    it('do not take a copied file for a second profile', async () => {
      await open().save(HERE, profile('a'))
      cpSync(pathOf('a'), pathOf('copy'))
      expect(await names()).to.deep.equal(['name of a'])
      expect(reported).to.have.length(1)
    })
  })

  for (const id of ['', '.', '..', '../a', 'a/b', 'a\\b', 'A', 'a b', 'ü', 'a'.repeat(65)]) {
    it(`are not saved under ${JSON.stringify(id.slice(0, 10))}, which is no id`, async () => {
      await refusal(open().save(HERE, profile(id)), 'STORAGE_ERROR')
      expect(readdirSync(temporary(), {recursive: true}).filter((name) => String(name).endsWith('json'))).to.deep.equal(
        [],
      )
    })
  }
})
