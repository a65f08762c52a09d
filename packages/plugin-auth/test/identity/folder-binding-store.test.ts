import {dirname, win32} from 'node:path'
import {expect} from 'chai'
import {createFolderBindingStore} from '../../src/identity/folder-binding-store.js'
import {createFolder} from '../../src/storage/folder.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const api_url = 'https://api.example.com'

describe('the profile of a folder', () => {
  const temporary = useTemporaryFolder()
  const store = (parentOf = dirname) =>
    createFolderBindingStore(createFolder({path: temporary(), warn() {}}), parentOf, () => {})
  const bind = (folder: string, profile: string) => store().save({folder, api_url, profile})
  const profileIn = async (folder: string) => (await store().find(folder))?.profile

  it('is used in that folder and in those below it, and nowhere else', async () => {
    await bind('/home/ada/work', 'ada')
    expect(await profileIn('/home/ada/work')).to.equal('ada')
    expect(await profileIn('/home/ada/work/a/b')).to.equal('ada')
    for (const folder of ['/home/ada', '/home/ada/workshop', '/home/ada/work2', '/', '/home/bob/work'])
      expect(await profileIn(folder), folder).to.equal(undefined)
  })

  it('is that of the nearest folder, where several are bound', async () => {
    await bind('/', 'root')
    await bind('/home/ada', 'home')
    await bind('/home/ada/work/client', 'client')
    expect(await profileIn('/home/ada/work/client/src')).to.equal('client')
    expect(await profileIn('/home/ada/work')).to.equal('home')
    expect(await profileIn('/etc')).to.equal('root')
  })

  it('is replaced when the folder is bound again, and gone when it is unbound', async () => {
    await bind('/work', 'ada')
    await bind('/work', 'grace')
    expect(await store().list()).to.have.length(1)
    expect(await profileIn('/work')).to.equal('grace')
    expect(await store().remove('/work')).to.equal(true)
    expect(await store().remove('/work')).to.equal(false)
    expect(await profileIn('/work')).to.equal(undefined)
  })

  it('may be that of a folder with any name, of any length', async () => {
    const folders = [`/${'x'.repeat(4000)}`, '/a b/ü/"\'`$(id)', '/line\nbreak', '/CASE', '/case']
    for (const folder of folders) await bind(folder, folder.slice(1, 3).trim())
    for (const folder of folders) expect(await profileIn(folder), folder).to.equal(folder.slice(1, 3).trim())
  })

  it('is found upwards on Windows, too', async () => {
    await bind('C:\\Users\\ada', 'ada')
    expect((await store(win32.dirname).find('C:\\Users\\ada\\work'))?.profile).to.equal('ada')
    expect(await store(win32.dirname).find('D:\\Users\\ada')).to.equal(undefined)
    expect(await store(win32.dirname).find('\\\\server\\share\\folder')).to.equal(undefined)
  })

  it('costs nobody anything who binds no folder', async () => {
    expect(await profileIn('/home')).to.equal(undefined)
    expect(await store().list()).to.deep.equal([])
  })
})
