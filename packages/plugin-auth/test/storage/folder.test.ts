import {chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {createFolder, type Folder} from '../../src/storage/folder.js'
import {refusal} from '../support/refusal.js'
import {requireThat} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const format = {version: 1, parse: (value: Record<string, unknown>) => value}

describe('a folder of documents', () => {
  const temporary = useTemporaryFolder()
  let warnings: string[]
  let root: string
  const folderAt = (path: string): Folder => createFolder({path, warn: (text) => warnings.push(text)})

  beforeEach(() => {
    warnings = []
    root = join(temporary(), 'config')
  })

  it('is empty where there is none', async () => {
    const folder = folderAt(root)
    expect(await folder.fileNames()).to.deep.equal([])
    expect(await folder.folderNames()).to.deep.equal([])
    expect(await folder.removeIfEmpty()).to.equal(true)
    expect(readdirSync(temporary())).to.deep.equal([])
  })

  it('is made with the folders above it', async () => {
    await folderAt(join(temporary(), 'a', 'b', 'c'))
      .file('one', format)
      .save({})
    expect(readdirSync(join(temporary(), 'a', 'b', 'c'))).to.deep.equal(['one.json'])
  })

  it('lists documents and folders by name, sorted, and leaves strangers alone', async () => {
    const folder = folderAt(root)
    for (const name of ['b', 'a', 'c.d']) await folder.file(name, format).save({})
    for (const name of ['y', 'x']) await folder.folder(name).file('one', format).save({})
    for (const name of ['.DS_Store', 'notes.txt', '.1.a.tmp']) writeFileSync(join(root, name), '')
    expect(await folder.fileNames()).to.deep.equal(['a', 'b', 'c.d'])
    expect(await folder.folderNames()).to.deep.equal(['x', 'y'])
  })

  it('is removed with its empty folders, and kept with anything in it', async () => {
    const folder = folderAt(root).folder('one')
    const file = folder.folder('two').file('doc', format)
    await file.save({})
    expect(await folder.removeIfEmpty()).to.equal(false)
    await file.remove()
    expect(await folder.removeIfEmpty()).to.equal(true)
    expect(readdirSync(root)).to.deep.equal([])
    await file.save({})
    expect(await file.read()).to.deep.equal({version: 1})
  })

  for (const name of ['', '.', '..', '../a', 'a/b', 'a\\b', '.hidden', 'a\0b', 'a\nb', 'C:a', 'a'.repeat(201), 'a.']) {
    it(`holds nothing named ${JSON.stringify(name.slice(0, 20))}`, async () => {
      const folder = folderAt(root)
      await refusal((async () => folder.file(name, format).read())(), 'STORAGE_ERROR')
      await refusal((async () => folder.folder(name).fileNames())(), 'STORAGE_ERROR')
    })
  }

  for (const path of ['', 'config', './config', '/']) {
    it(`cannot be ${JSON.stringify(path)}`, async () => {
      await refusal(folderAt(path).file('one', format).read(), 'STORAGE_ERROR')
      await refusal(folderAt(path).file('one', format).save({}), 'STORAGE_ERROR')
    })
  }

  it('cannot be a file', async () => {
    writeFileSync(root, '')
    expect((await refusal(folderAt(root).file('one', format).save({}), 'STORAGE_ERROR')).message).to.include(
      'not a folder',
    )
    await refusal(folderAt(join(root, 'below')).file('one', format).save({}), 'STORAGE_ERROR')
  })

  describe('on Linux', () => {
    requireThat(process.platform === 'linux', 'needs /proc')

    it('cannot be where no folder can be made', async () => {
      await refusal(folderAt('/proc/nowhere/config').file('one', format).save({}), 'STORAGE_ERROR')
    })
  })

  describe('on a system with links and modes', () => {
    requireThat(process.platform !== 'win32', 'needs POSIX modes')

    it('may be a link to an own folder at the root, as in a repository of dotfiles', async () => {
      mkdirSync(join(temporary(), 'dotfiles'), {mode: 0o700})
      symlinkSync(join(temporary(), 'dotfiles'), root)
      await folderAt(root).file('one', format).save({})
      expect(await folderAt(root).fileNames()).to.deep.equal(['one'])
    })

    it('may not be a link below the root (case 51)', async () => {
      mkdirSync(join(temporary(), 'elsewhere'), {mode: 0o700})
      mkdirSync(root, {mode: 0o700})
      symlinkSync(join(temporary(), 'elsewhere'), join(root, 'credentials'))
      const folder = folderAt(root).folder('credentials')
      expect((await refusal(folder.file('one', format).save({}), 'STORAGE_ERROR')).message).to.include('symbolic link')
      await refusal(folder.fileNames(), 'STORAGE_ERROR')
      expect(readdirSync(join(temporary(), 'elsewhere'))).to.deep.equal([])
    })

    it('may not be a link to nothing', async () => {
      symlinkSync(join(temporary(), 'nowhere'), root)
      expect((await refusal(folderAt(root).file('one', format).save({}), 'STORAGE_ERROR')).message).to.include(root)
    })

    it('is closed to others, with a warning', async () => {
      mkdirSync(root)
      chmodSync(root, 0o755)
      await folderAt(root).fileNames()
      expect(statSync(root).mode & 0o777).to.equal(0o700)
      expect(warnings).to.have.length(1)
    })

    it('is not taken from everybody, as /tmp is', async () => {
      mkdirSync(root)
      chmodSync(root, 0o1777)
      await refusal(folderAt(root).file('one', format).save({}), 'STORAGE_ERROR')
      expect(statSync(root).mode & 0o7777).to.equal(0o1777)
    })
  })

  describe('for root, who can give folders away', () => {
    requireThat(process.getuid?.() === 0, 'needs root')

    it('may not belong to another user (case 53)', async () => {
      mkdirSync(root, {mode: 0o700})
      chownSync(root, 4711, 4711)
      const error = await refusal(folderAt(root).file('one', format).save({}), 'STORAGE_ERROR')
      expect(error.message).to.include('another user')
      expect(readdirSync(root)).to.deep.equal([])
    })
  })
})
