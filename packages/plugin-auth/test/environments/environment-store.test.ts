import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {DEFAULT_API_URL, folderName} from '../../src/environments/api-url.js'
import {unprobedEnvironment} from '../../src/environments/environment.js'
import {createEnvironmentStore} from '../../src/environments/environment-store.js'
import type {AuthError} from '../../src/errors.js'
import {createFolder} from '../../src/storage/folder.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const EU = 'https://api.cloud.eu.llamaindex.ai'
const LOCAL = 'http://127.0.0.1:4010'

describe('the environments of this computer', () => {
  const temporary = useTemporaryFolder()
  let reported: AuthError[]
  beforeEach(() => (reported = []))

  const open = () =>
    createEnvironmentStore(createFolder({path: temporary(), warn() {}}), (error) => reported.push(error))
  const folderOf = (apiUrl: string) => join(temporary(), 'environments', folderName(apiUrl))
  const pathOf = (apiUrl: string) => join(folderOf(apiUrl), 'environment.json')
  const pointer = () => join(temporary(), 'current-environment.json')
  const urls = async () => (await open().list()).map(({api_url}) => api_url)
  const edit = (path: string, change: object) =>
    writeFileSync(path, JSON.stringify({...(JSON.parse(readFileSync(path, 'utf8')) as object), ...change}))

  it('are the default one alone on a new computer, with nothing on the disk', async () => {
    expect(await open().list()).to.deep.equal([
      {api_url: DEFAULT_API_URL, requires_auth: true, min_llamactl_version: null},
    ])
    expect(await open().find(DEFAULT_API_URL)).to.include({requires_auth: true})
    expect(await open().find(EU)).to.equal(undefined)
    expect(await open().current()).to.equal(undefined)
    expect(readdirSync(temporary())).to.deep.equal([])
  })

  it('are listed by URL, and the default one once', async () => {
    await open().save(unprobedEnvironment(LOCAL))
    await open().save({...unprobedEnvironment(DEFAULT_API_URL), requires_auth: false})
    await open().save(unprobedEnvironment(EU))
    expect(await urls()).to.deep.equal([LOCAL, EU, DEFAULT_API_URL])
    expect(await open().find(DEFAULT_API_URL)).to.include({requires_auth: false})
  })

  it('are read as they were saved', async () => {
    const environment = {
      api_url: 'http://flow.example',
      requires_auth: false,
      min_llamactl_version: '0.3.0',
      allow_http: true,
    } as const
    await open().save(environment)
    expect(await open().find('http://flow.example')).to.deep.include(environment)
  })

  it('keep what a newer version wrote', async () => {
    await open().save(unprobedEnvironment(EU))
    edit(pathOf(EU), {colour: {name: 'red'}})
    await open().setCurrent(EU)
    edit(pointer(), {since: 2027})
    const read = await open().find(EU)
    await open().save({...read!, requires_auth: false})
    await open().setCurrent(DEFAULT_API_URL)
    expect(JSON.parse(readFileSync(pathOf(EU), 'utf8'))).to.deep.include({requires_auth: false, colour: {name: 'red'}})
    expect(JSON.parse(readFileSync(pointer(), 'utf8'))).to.deep.equal({
      version: 1,
      since: 2027,
      api_url: DEFAULT_API_URL,
    })
  })

  describe('one of which is current', () => {
    it('is the one that was made current last', async () => {
      await open().save(unprobedEnvironment(EU))
      await open().setCurrent(DEFAULT_API_URL)
      await open().setCurrent(EU)
      expect(await open().current()).to.include({api_url: EU})
    })

    it('may be the default one, which needs no file', async () => {
      await open().setCurrent(DEFAULT_API_URL)
      expect(await open().current()).to.include({api_url: DEFAULT_API_URL})
    })

    it('is none once that environment is gone', async () => {
      await open().save(unprobedEnvironment(EU))
      await open().setCurrent(EU)
      await open().remove(EU)
      expect(await open().current()).to.equal(undefined)
      expect(existsSync(folderOf(EU))).to.equal(false)
    })

    it('is none again after it was cleared, also twice', async () => {
      await open().setCurrent(DEFAULT_API_URL)
      await open().clearCurrent()
      await open().clearCurrent()
      expect(await open().current()).to.equal(undefined)
    })

    for (const text of ['', '{}', '{"version": 1}', '{"version": 1, "api_url": "https://u:p@x.example"}', '[1]']) {
      it(`is not known where the file says ${JSON.stringify(text)}, until one is made current; the text stays`, async () => {
        writeFileSync(pointer(), text)
        await refusal(open().current(), 'STORAGE_ERROR')
        await refusal(open().clearCurrent(), 'STORAGE_ERROR')
        expect(readFileSync(pointer(), 'utf8')).to.equal(text)
        await open().setCurrent(DEFAULT_API_URL)
        expect(await open().current()).to.include({api_url: DEFAULT_API_URL})
        const aside = readdirSync(dirname(pointer())).filter((name) => name.includes('.damaged-'))
        expect(aside.map((name) => readFileSync(join(dirname(pointer()), name), 'utf8'))).to.deep.equal([text])
      })
    }
  })

  it('may be removed when they are not there, and the default one stays known', async () => {
    await open().remove(EU)
    await open().save(unprobedEnvironment(DEFAULT_API_URL))
    await open().remove(DEFAULT_API_URL)
    expect(await urls()).to.deep.equal([DEFAULT_API_URL])
  })

  it('leave the folder of a removed one to whatever else is in it', async () => {
    await open().save(unprobedEnvironment(EU))
    mkdirSync(join(folderOf(EU), 'profiles'))
    writeFileSync(join(folderOf(EU), 'profiles', 'p.json'), '{}')
    await open().remove(EU)
    expect(readdirSync(folderOf(EU))).to.deep.equal(['profiles'])
    expect(await urls()).to.deep.equal([DEFAULT_API_URL])
  })

  describe('of which one is damaged', () => {
    const damages: Record<string, string> = {
      empty: '',
      'cut off': '{"version": 1, "api_url": "https://api',
      'a list': '[]',
      'without a URL': '{"version": 1, "requires_auth": true, "min_llamactl_version": null}',
      'with a URL of another spelling': `{"version": 1, "api_url": "${EU}/", "requires_auth": true, "min_llamactl_version": null}`,
      'with a requires_auth that is text': `{"version": 1, "api_url": "${EU}", "requires_auth": "yes", "min_llamactl_version": null}`,
      'with a version that is a number': `{"version": 1, "api_url": "${EU}", "requires_auth": true, "min_llamactl_version": 3}`,
      'with an allow_http that is false': `{"version": 1, "api_url": "${EU}", "requires_auth": true, "min_llamactl_version": null, "allow_http": false}`,
      'of a newer version': `{"version": 2, "api_url": "${EU}"}`,
    }

    for (const [what, text] of Object.entries(damages)) {
      it(`(${what}) still show the others, and say which`, async () => {
        await open().save(unprobedEnvironment(EU))
        await open().save(unprobedEnvironment(LOCAL))
        writeFileSync(pathOf(EU), text)
        expect(await urls()).to.deep.equal([LOCAL, DEFAULT_API_URL])
        expect(reported.map(({code}) => code)).to.deep.equal(['STORAGE_ERROR'])
        expect(reported[0]!.message).to.include(pathOf(EU))
        await refusal(open().find(EU), 'STORAGE_ERROR')
        await refusal(open().save(unprobedEnvironment(EU)), 'STORAGE_ERROR')
        await refusal(open().remove(EU), 'STORAGE_ERROR')
        expect(readFileSync(pathOf(EU), 'utf8')).to.equal(text)
      })
    }

    it('show the default one, also when it is that one', async () => {
      await open().save(unprobedEnvironment(DEFAULT_API_URL))
      writeFileSync(pathOf(DEFAULT_API_URL), '{')
      expect(await urls()).to.deep.equal([DEFAULT_API_URL])
      expect(reported).to.have.length(1)
      await refusal(open().find(DEFAULT_API_URL), 'STORAGE_ERROR')
    })

    it('do not take one for another whose folder was copied or renamed', async () => {
      await open().save({...unprobedEnvironment(EU), requires_auth: false})
      cpSync(folderOf(EU), folderOf(DEFAULT_API_URL), {recursive: true})
      await refusal(open().find(DEFAULT_API_URL), 'STORAGE_ERROR')
      expect(await urls()).to.deep.equal([EU, DEFAULT_API_URL])
      renameSync(folderOf(EU), join(temporary(), 'environments', 'https-other.example'))
      expect(await urls()).to.deep.equal([DEFAULT_API_URL])
      expect(reported).to.have.length(3)
    })

    it('pass over folders of nobody and files beside them', async () => {
      await open().save(unprobedEnvironment(EU))
      mkdirSync(join(temporary(), 'environments', 'empty'))
      writeFileSync(join(temporary(), 'environments', 'notes.txt'), 'x')
      expect(await urls()).to.deep.equal([EU, DEFAULT_API_URL])
      expect(reported).to.deep.equal([])
    })
  })
})
