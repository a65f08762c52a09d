import {spawnSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {createFolder} from '../../src/storage/folder.js'
import type {JsonFile} from '../../src/storage/json-file.js'
import type {DocumentFormat} from '../../src/storage/parse-document.js'
import {refusal} from '../support/refusal.js'
import {requireThat, requireTools} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

interface Note {
  text: string
}

const format: DocumentFormat<Note> = {
  version: 1,
  parse(value) {
    if (typeof value['text'] !== 'string') throw new Error('has no text')
    return {...value, text: value['text']}
  },
}

describe('a JSON file', () => {
  const temporary = useTemporaryFolder()
  let warnings: string[]
  let root: string
  let file: JsonFile<Note>

  beforeEach(() => {
    warnings = []
    root = join(temporary(), 'config')
    file = createFolder({path: root, warn: (text) => warnings.push(text)})
      .folder('notes')
      .file('one', format)
  })

  /** Puts something in the place of the file, in a folder as it should be. */
  function place(content: string | Buffer, mode = 0o600): void {
    mkdirSync(join(root, 'notes'), {recursive: true, mode: 0o700})
    writeFileSync(file.path, content, {mode})
    chmodSync(file.path, mode)
  }

  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

  it('is undefined where there is none, and leaves the disk as it was', async () => {
    expect(await file.read()).to.equal(undefined)
    expect(await file.remove()).to.equal(false)
    expect(readdirSync(temporary())).to.deep.equal([])
  })

  it('gives back what was saved', async () => {
    await file.save({text: 'schlüssel 🔑'})
    expect(await file.read()).to.deep.equal({version: 1, text: 'schlüssel 🔑'})
    expect(readdirSync(join(root, 'notes'))).to.deep.equal(['one.json'])
  })

  it('is gone after a removal', async () => {
    await file.save({text: 'a'})
    expect(await file.remove()).to.equal(true)
    expect(await file.read()).to.equal(undefined)
  })

  it('keeps the keys of a newer program when what was read is spread', async () => {
    place('{"version": 1, "text": "a", "colour": {"of": ["the", "year"]}}')
    await file.save({...(await file.read()), text: 'b'})
    expect(JSON.parse(readFileSync(file.path, 'utf8'))).to.deep.equal({
      version: 1,
      text: 'b',
      colour: {of: ['the', 'year']},
    })
  })

  it('refuses to save what it could not read again', async () => {
    await refusal(file.save({text: 1} as unknown as Note), 'STORAGE_ERROR')
    await refusal(file.save({text: 'a'.repeat(70_000)}), 'STORAGE_ERROR')
    expect(await file.read()).to.equal(undefined)
  })

  const damaged: Record<string, string | Buffer> = {
    'an empty file': '',
    'half a file': '{"version": 1, "text": "llx-canary',
    'a byte order mark': '\uFEFF{"version": 1, "text": "a"}',
    'NUL bytes': Buffer.alloc(300),
    'bytes that are not UTF-8': Buffer.from('7b2276657273696f6e223a312c2274657874223a22ff227d', 'hex'),
    'an array': '[{"version": 1}]',
    null: 'null',
    'a text': '"llx-canary"',
    'no version': '{"text": "a"}',
    'a version that is a text': '{"version": "1", "text": "a"}',
    'version 0': '{"version": 0, "text": "a"}',
    'half a version': '{"version": 1.5, "text": "a"}',
    'a key that is missing': '{"version": 1}',
    'a key of another type': '{"version": 1, "text": {"llx": "canary"}}',
    ['__proto__']: '{"version": 1, "text": "a", "__proto__": {"text": "b"}}',
    'a hidden __proto__ further down': '{"version": 1, "text": "a", "x": [{"\\u005f_proto__": 1}]}',
    'deep nesting': `{"version": 1, "text": "a", "x": ${'['.repeat(25_000)}${']'.repeat(25_000)}}`,
    '2 MB': `{"version": 1, "text": "${'a'.repeat(2_000_000)}"}`,
  }
  for (const [what, content] of Object.entries(damaged)) {
    it(`refuses ${what} with the path and the way out, and keeps it (case 56)`, async () => {
      place(content)
      for (const call of [() => file.read(), () => file.save({text: 'new'}), () => file.remove()]) {
        const error = await refusal(call(), 'STORAGE_ERROR')
        expect(error.message).to.include(file.path).and.not.to.include('canary')
        expect(error.stack).not.to.include('canary')
        expect(error.suggestions.join()).to.include('move it away')
      }

      expect(readFileSync(file.path).equals(Buffer.from(content))).to.equal(true)
    })
  }

  it('refuses a newer version, and names the upgrade (case 57)', async () => {
    place('{"version": 2, "word": "a"}')
    for (const call of [() => file.read(), () => file.save({text: 'new'}), () => file.remove()]) {
      const error = await refusal(call(), 'STORAGE_ERROR')
      expect(error.message).to.include('newer version')
      expect(error.suggestions.join()).to.include('Upgrade')
    }

    expect(readFileSync(file.path, 'utf8')).to.equal('{"version": 2, "word": "a"}')
  })

  describe('that says anew what it says', () => {
    const besides = () => readdirSync(join(root, 'notes')).filter((name) => name !== 'one.json')

    it('keeps the other keys, and is made where there is none', async () => {
      await file.restate({text: 'a'})
      place('{"version": 1, "text": "a", "since": 2027}')
      await file.restate({text: 'b'})
      expect(await file.read()).to.deep.equal({version: 1, text: 'b', since: 2027})
      expect(besides()).to.deep.equal([])
      expect(warnings).to.deep.equal([])
    })

    for (const what of ['an empty file', 'half a file', 'NUL bytes', '__proto__', 'deep nesting']) {
      it(`keeps ${what} beside it, and says where`, async () => {
        place(damaged[what] ?? '')
        await file.restate({text: 'b'})
        expect(await file.read()).to.deep.equal({version: 1, text: 'b'})
        const [aside = ''] = besides()
        expect(readFileSync(join(root, 'notes', aside)).equals(Buffer.from(damaged[what] ?? ''))).to.equal(true)
        expect(warnings).to.have.length(1)
        expect(warnings[0]).to.include(file.path).and.to.include(aside).and.not.to.include('canary')
        expect(besides()).to.have.length(1)
      })
    }

    it('refuses what is of a newer version, or larger than it ever is', async () => {
      for (const text of ['{"version": 2}', damaged['2 MB'] ?? '']) {
        place(text)
        await refusal(file.restate({text: 'b'}), 'STORAGE_ERROR')
        expect(readFileSync(file.path, 'utf8')).to.equal(text)
        expect(besides()).to.deep.equal([])
      }
    })
  })

  it('refuses a folder in its place (case 52)', async () => {
    mkdirSync(file.path, {recursive: true, mode: 0o700})
    chmodSync(join(root, 'notes'), 0o700)
    expect((await refusal(file.read(), 'STORAGE_ERROR')).message).to.include('is a folder')
    await refusal(file.save({text: 'new'}), 'STORAGE_ERROR')
  })

  it('sweeps the temporary files of writers that were killed, and nothing else', async () => {
    await file.save({text: 'a'})
    const folder = join(root, 'notes')
    for (const name of ['.12.abc.tmp', '.34.def.tmp', '.mine.tmp']) writeFileSync(join(folder, name), 'llx')
    const longAgo = new Date(Date.now() - 61_000)
    for (const name of ['.12.abc.tmp', '.mine.tmp']) utimesSync(join(folder, name), longAgo, longAgo)
    await file.save({text: 'b'})
    expect(readdirSync(folder).sort()).to.deep.equal(['.34.def.tmp', '.mine.tmp', 'one.json'])
  })

  describe('on a system with owners and modes', () => {
    requireThat(process.platform !== 'win32', 'needs POSIX modes')

    it('is for its user alone, whatever the umask (case 55)', async () => {
      for (const umask of [0o000, 0o077, 0o777]) {
        const before = process.umask(umask)
        try {
          await file.save({text: 'a'})
        } finally {
          process.umask(before)
        }

        expect([root, join(root, 'notes'), file.path].map(modeOf)).to.deep.equal(['700', '700', '600'])
        rmSync(root, {recursive: true})
      }
    })

    for (const mode of [0o644, 0o640, 0o604, 0o666]) {
      it(`tightens a file of mode ${mode.toString(8)}, and says so once (case 49)`, async () => {
        place('{"version": 1, "text": "a"}', mode)
        expect((await file.read())?.text).to.equal('a')
        await file.read()
        expect(modeOf(file.path)).to.equal('600')
        expect(warnings).to.have.length(1)
        expect(warnings[0]).to.include(file.path).and.to.include(mode.toString(8))
      })
    }

    it('refuses a symbolic link without touching its target (case 51)', async () => {
      const target = join(temporary(), 'target')
      writeFileSync(target, '{"version": 1, "text": "theirs"}', {mode: 0o644})
      mkdirSync(join(root, 'notes'), {recursive: true, mode: 0o700})
      symlinkSync(target, file.path)
      for (const call of [() => file.read(), () => file.save({text: 'new'}), () => file.remove()]) {
        expect((await refusal(call(), 'STORAGE_ERROR')).message).to.include('is a symbolic link')
      }

      expect(readFileSync(target, 'utf8')).to.include('theirs')
      expect(modeOf(target)).to.equal('644')
    })

    it('refuses a second hard link (case 53)', async () => {
      place('{"version": 1, "text": "a"}')
      linkSync(file.path, join(temporary(), 'other'))
      expect((await refusal(file.read(), 'STORAGE_ERROR')).message).to.include('hard link')
      await refusal(file.save({text: 'new'}), 'STORAGE_ERROR')
    })
  })

  describe('where a pipe can be made', () => {
    requireTools('mkfifo')

    it('refuses a pipe at once instead of waiting for a writer (case 52)', async () => {
      mkdirSync(join(root, 'notes'), {recursive: true, mode: 0o700})
      spawnSync('mkfifo', ['-m', '600', file.path])
      expect((await refusal(file.read(), 'STORAGE_ERROR')).message).to.include('is a pipe')
      await refusal(file.save({text: 'new'}), 'STORAGE_ERROR')
    })
  })

  describe('for root, who can give files away', () => {
    requireThat(process.getuid?.() === 0, 'needs root')

    it('refuses the file of another user (case 53)', async () => {
      place('{"version": 1, "text": "a"}')
      chownSync(file.path, 4711, 4711)
      for (const call of [() => file.read(), () => file.save({text: 'new'}), () => file.remove()]) {
        expect((await refusal(call(), 'STORAGE_ERROR')).message).to.include('another user (uid 4711')
      }

      expect(statSync(file.path).uid).to.equal(4711)
    })
  })

  describe('on a disk of 16 KiB', () => {
    requireThat(canMount(), 'needs the right to mount')

    it('keeps the old document when the disk is full or read-only', async () => {
      const disk = join(root, 'notes')
      mkdirSync(disk, {recursive: true, mode: 0o700})
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k,mode=700', 'tmpfs', disk])
      try {
        await file.save({text: 'old'})
        const full = await refusal(file.save({text: 'a'.repeat(40_000)}), 'STORAGE_ERROR')
        expect(full.message).to.include(file.path).and.to.include('the disk is full')
        expect((await file.read())?.text).to.equal('old')
        expect(readdirSync(disk)).to.deep.equal(['one.json'])
        spawnSync('mount', ['-o', 'remount,ro', disk])
        expect((await refusal(file.save({text: 'new'}), 'STORAGE_ERROR')).message).to.include('read-only')
        expect((await refusal(file.remove(), 'STORAGE_ERROR')).message).to.include('read-only')
        expect((await file.read())?.text).to.equal('old')
      } finally {
        spawnSync('umount', [disk])
      }
    })
  })
})

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'auth-mount-'))
  const {status} = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder])
  if (status === 0) spawnSync('umount', [folder])
  rmdirSync(folder)
  return status === 0
}
