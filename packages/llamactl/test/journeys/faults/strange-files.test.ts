import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {
  chownSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {ada, grace} from '../../support/people.js'
import {prepare} from '../../support/prepare.js'
import {createSandbox, type Failure, type Sandbox} from '../../support/sandbox.js'

const STRANGE: [what: string, put: (path: string, elsewhere: string) => void][] = [
  ['a link to a file that would do (case 51)', (path, elsewhere) => symlinkSync(elsewhere, path)],
  ['a file with a second name (case 53)', (path, elsewhere) => linkSync(elsewhere, path)],
  ['a pipe (case 52)', (path) => spawnSync('mkfifo', ['-m', '600', path])],
  ['a device that never ends (case 52)', (path) => spawnSync('mknod', ['-m', '600', path, 'c', '1', '5'])],
  ['a folder (case 52)', (path) => mkdirSync(path, {mode: 0o700})],
  [
    'the file of somebody else (case 53)',
    (path, elsewhere) => {
      copyFileSync(elsewhere, path)
      chownSync(path, 4711, 4711)
    },
  ],
]

describe('something strange in the place of a file', () => {
  requireTools('mkfifo', 'mknod')
  requireThat(process.getuid?.() === 0, 'needs root')
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
    await sandbox.run(['auth', 'token', '--api-key', '-', '--project-id', 'prj-notes'], {stdin: ada.key})
    await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })

  /** The file with this in its name or its text. */
  const pathOf = (word: string): string => {
    const [name = ''] = Object.entries(sandbox.files()).find((entry) => `/${entry.join('\n')}`.includes(word)) ?? []
    return join(sandbox.configFolder, name)
  }

  for (const [file, pattern, listed] of [
    ['a profile', grace.keyName, [ada.keyName]],
    ['a credential', grace.key, [ada.keyName, grace.keyName]],
    ['the choice of a profile', 'current-profile.json', [ada.keyName, grace.keyName]],
    ['the choice of an environment', 'current-environment.json', undefined],
  ] as const) {
    for (const [what, put] of STRANGE) {
      it(`is refused at once, left alone, and harms nothing else: ${what} for ${file}`, async () => {
        const path = pathOf(pattern)
        const elsewhere = join(sandbox.folder, 'elsewhere')
        const content = readFileSync(path)
        renameSync(path, elsewhere)
        put(path, elsewhere)
        const {ino, mode, uid} = lstatSync(path)
        try {
          const [result, list] = await Promise.all([
            sandbox.run(['auth', 'project', grace.project, '--json']),
            sandbox.run(['auth', 'list', '--json']),
          ])
          expect(result.exitCode, result.stdout).to.equal(1)
          const {error} = result.json<Failure>()
          expect(error.code).to.equal('STORAGE_ERROR')
          expect(error.message).to.contain(path).and.not.to.contain(grace.key)
          if (listed) expect(list.json<{name: string}[]>().map(({name}) => name)).to.have.members([...listed])
          else expect(list.json<Failure>().error.code).to.equal('STORAGE_ERROR')
          expect(lstatSync(path)).to.include({ino, mode, uid})
          expect(readFileSync(elsewhere).equals(content)).to.equal(true)
        } finally {
          rmSync(path, {recursive: true})
          renameSync(elsewhere, path)
        }
      })
    }
  }
})
