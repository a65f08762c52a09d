import {spawnSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {createServer} from 'node:net'
import {findTool} from './requires.js'

/** What may stand in the place of a file, and what has to come of it. */
export interface BadFile {
  /** Puts it at a path whose folder is there. `sound` is a document as it should be. May be a promise. */
  place(path: string, sound: Record<string, unknown>): unknown
  /**
   * `damaged`: an error; a pointer may be set anew. `refused`: an error, whatever is wanted. `newer`: an error that names
   * the upgrade. `tightened`: read, and for its user alone from then on. `read`: read as if nothing were.
   */
  outcome: 'damaged' | 'refused' | 'newer' | 'tightened' | 'read'
  /** Why it cannot be made here. */
  missing?: string | false
}

const isWindows = process.platform === 'win32'
const isRoot = process.getuid?.() === 0

const text = (make: (sound: Record<string, unknown>, json: string) => string | Buffer): BadFile['place'] => {
  return (path, sound) => writeFileSync(path, make(sound, JSON.stringify(sound)), {mode: 0o600})
}

const damaged = (make: Parameters<typeof text>[0]): BadFile => ({place: text(make), outcome: 'damaged'})

const sound = (mode: number, outcome: BadFile['outcome']): BadFile => ({
  place(path, document) {
    text((_, json) => json)(path, document)
    chmodSync(path, mode)
  },
  outcome,
  missing: isWindows && 'POSIX modes',
})

const linkTo = (target: string | ((path: string) => string)): BadFile => ({
  place: (path) => symlinkSync(typeof target === 'string' ? target : target(path), path),
  outcome: 'refused',
  missing: isWindows && 'symbolic links',
})

const withKey = (json: string, key: string): string => json.replace('{', `{${key},`)

export const BAD_FILES: Record<string, BadFile> = {
  'an empty file': damaged(() => ''),
  'a line break': damaged(() => '\n'),
  'half a document': damaged((_, json) => json.slice(0, json.length / 2)),
  'a document without its end': damaged((_, json) => json.slice(0, -1)),
  'two documents': damaged((_, json) => `${json}\n${json}`),
  'a document with a byte order mark': damaged((_, json) => `\uFEFF${json}`),
  'a document in UTF-16': damaged((_, json) => Buffer.from(`\uFEFF${json}`, 'utf16le')),
  'a document with a NUL at its end': damaged((_, json) => `${json}\0`),
  'a block of NUL bytes': damaged(() => Buffer.alloc(4096)),
  'bytes that are no UTF-8': damaged((_, json) => Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from([0xff])])),
  'a document with a comment': damaged((_, json) => `// mine\n${json}`),
  'a merge conflict': damaged((_, json) => `<<<<<<< HEAD\n${json}\n=======\n${json}\n>>>>>>> other\n`),
  'a list of documents': damaged((_, json) => `[${json}]`),
  'a text': damaged(() => '"llx-canary"'),
  null: damaged(() => 'null'),
  'an empty object': damaged(() => '{}'),
  'a document without its version': damaged((document) => JSON.stringify({...document, version: undefined})),
  'a version that is text': damaged((document) => JSON.stringify({...document, version: '1'})),
  'a version below 1': damaged((document) => JSON.stringify({...document, version: -1})),
  'a document with nothing but its version': damaged(() => '{"version": 1}'),
  'a document whose values are all lists': damaged((document) =>
    JSON.stringify({...Object.fromEntries(Object.keys(document).map((key) => [key, ['llx-canary']])), version: 1}),
  ),
  'a key __proto__': damaged((_, json) => withKey(json, '"__proto__": {"isAdmin": true}')),
  'a key __proto__ further down': damaged((_, json) => withKey(json, '"x": [{"__proto__": 1}]')),
  'a document that is deep': damaged((_, json) => withKey(json, `"x": ${'['.repeat(20_000)}${']'.repeat(20_000)}`)),
  'a document of 2 MB': {
    place: text((_, json) => withKey(json, `"x": "${'a'.repeat(2_000_000)}"`)),
    outcome: 'refused',
  },
  'a newer version': {place: text((document) => JSON.stringify({...document, version: 2})), outcome: 'newer'},
  'a version of the far future': {
    place: text((document) => JSON.stringify({...document, version: 1e15})),
    outcome: 'newer',
  },
  'keys of a newer version': {place: text((_, json) => withKey(json, '"x": {"y": [1e308, "ü"]}')), outcome: 'read'},
  'a key constructor': {place: text((_, json) => withKey(json, '"constructor": {"prototype": 1}')), outcome: 'read'},
  'the same key twice': {place: text((_, json) => withKey(json, '"version": 7')), outcome: 'read'},
  'a folder': {place: (path) => mkdirSync(path), outcome: 'refused'},
  'a link to a sound file': {
    place(path, document) {
      text((_, json) => json)(`${path}.target`, document)
      symlinkSync(`${path}.target`, path)
    },
    outcome: 'refused',
    missing: isWindows && 'symbolic links',
  },
  'a link to nothing': linkTo((path) => `${path}.nothing`),
  'a link to itself': linkTo((path) => path),
  'a link to a folder': linkTo('/'),
  'a link to an endless device': linkTo('/dev/zero'),
  'a link to a terminal': linkTo('/dev/tty'),
  'a second hard link': {
    place(path, document) {
      text((_, json) => json)(path, document)
      linkSync(path, `${path}.other`)
    },
    outcome: 'refused',
    missing: isWindows && 'a file system with hard links',
  },
  'a pipe': {
    place: (path) => spawnSync('mkfifo', ['-m', '600', path]),
    outcome: 'refused',
    missing: !findTool('mkfifo') && 'mkfifo',
  },
  'a socket': {
    async place(path) {
      const server = createServer().unref()
      await new Promise<void>((resolve) => server.listen(path, resolve))
    },
    outcome: 'refused',
    missing: isWindows && 'sockets in folders',
  },
  'a file of another user': {
    place(path, document) {
      text((_, json) => json)(path, document)
      chownSync(path, 4711, 4711)
    },
    outcome: 'refused',
    missing: !isRoot && 'root, who can give files away',
  },
  'a file that may not be read': sound(0o000, isRoot ? 'read' : 'refused'),
  'a file that all may write': sound(0o666, 'tightened'),
  'a file that its group may read': sound(0o640, 'tightened'),
  'a program that runs as its owner': sound(0o4755, 'tightened'),
}

/** What must not change: the entry itself and, where it has one, its text. */
export function fingerprint(path: string): object {
  const stats = lstatSync(path)
  const {ino, mode, uid, nlink, size, mtimeMs} = stats
  return {
    ...{ino, mode, uid, nlink, size, mtimeMs},
    ...(stats.isFile() && (isRoot || mode & 0o400) && {text: readFileSync(path, 'latin1')}),
    ...(stats.isSymbolicLink() && {target: readlinkSync(path)}),
  }
}
