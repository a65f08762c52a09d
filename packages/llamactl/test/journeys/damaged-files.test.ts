import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {cpSync, existsSync, readdirSync, rmSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {BAD_FILES, fingerprint} from '../../../plugin-auth/test/support/bad-files.js'
import {requireThat} from '../../../plugin-auth/test/support/requires.js'
import {ada, grace} from '../support/people.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

/** What a command comes to: the code of its error, or what its result says. */
type Expected = string | ((result: never) => void)
type Step = [args: string[], expected: Expected]

const fine: Expected = () => undefined

describe('a damaged file', () => {
  let plane: DevControlPlane
  let second: DevControlPlane
  let sandbox: Sandbox
  let furnished: string
  let paths: Record<string, string>

  before(async () => {
    ;[plane, second] = await Promise.all([startDevControlPlane(), startDevControlPlane()])
    sandbox = createSandbox()
    for (const [args, stdin] of [
      [['env', 'add', second.url]],
      [['env', 'add', plane.url]],
      [['token', '--api-key', '-'], grace.key],
      [['token', '--api-key', '-', '--project-id', 'prj-notes'], ada.key],
    ] as [string[], string?][]) {
      const {exitCode, stderr} = await sandbox.run(['auth', ...args], stdin === undefined ? {} : {stdin})
      expect(exitCode, stderr).to.equal(0)
    }

    furnished = join(sandbox.folder, 'furnished')
    cpSync(sandbox.configFolder, furnished, {recursive: true})
    const files = Object.entries(sandbox.files())
    const pathOf = (part: string, text: string): string =>
      files.find(([name, content]) => name.includes(part) && content.includes(text))?.[0] ?? ''
    paths = {
      'the current environment': 'current-environment.json',
      'the environment': pathOf('/environment.json', `"${plane.url}"`),
      'the profile': pathOf('profiles/', ada.keyName),
      'the current profile': pathOf('current-profile.json', ''),
      'the secret': pathOf('credentials/', ada.key),
    }
  })
  beforeEach(() => {
    rmSync(sandbox.configFolder, {recursive: true})
    cpSync(furnished, sandbox.configFolder, {recursive: true})
  })
  after(async () => {
    sandbox.remove()
    await Promise.all([plane.close(), second.close()])
  })

  const none = (views: {active: boolean}[]) => expect(views.filter(({active}) => active)).to.deep.equal([])
  const onlyGrace = (views: {name: string}[]) => expect(views.map(({name}) => name)).to.deep.equal([grace.keyName])
  const both = (views: {name: string}[]) => expect(views).to.have.length(2)

  /** PLANE and SECOND are the URLs of the two control planes, of which the first is current. */
  const journeys: Record<string, Step[]> = {
    'the current environment': [
      [['env', 'list'], none],
      [['env', 'switch', 'PLANE'], fine],
      [['env', 'add', 'SECOND'], fine],
      [['env', 'delete', 'SECOND'], fine],
      [['list'], 'STORAGE_ERROR'],
      [['list', '--environment', 'PLANE'], both],
      [['switch', grace.keyName], 'STORAGE_ERROR'],
      [['project', 'prj-notes'], 'STORAGE_ERROR'],
      [['logout', ada.keyName], 'STORAGE_ERROR'],
      [['token', '--api-key', grace.key], 'STORAGE_ERROR'],
      [['login', '--no-browser'], 'STORAGE_ERROR'],
    ],
    'the environment': [
      [['env', 'list'], none],
      [['env', 'switch', 'PLANE'], 'STORAGE_ERROR'],
      [['env', 'add', 'PLANE'], 'STORAGE_ERROR'],
      [['env', 'delete', 'PLANE'], 'STORAGE_ERROR'],
      [['env', 'switch', 'SECOND'], fine],
      [['list'], 'STORAGE_ERROR'],
      [['list', '--environment', 'SECOND'], fine],
      [['token', '--api-key', grace.key, '--environment', 'SECOND'], fine],
      [['login', '--no-browser'], 'STORAGE_ERROR'],
    ],
    'the profile': [
      [['list'], onlyGrace],
      [['switch', grace.keyName], fine],
      [['switch', ada.keyName], 'PROFILE_NOT_FOUND'],
      [['project', 'prj-notes'], 'STORAGE_ERROR'],
      [['logout', grace.keyName], fine],
      [['logout', ada.keyName], 'PROFILE_NOT_FOUND'],
      [['env', 'delete', 'PLANE'], 'STORAGE_ERROR'],
      [['token', '--api-key', grace.key], fine],
    ],
    'the current profile': [
      [['list'], none],
      [['switch', grace.keyName], fine],
      [['project', 'prj-notes'], 'STORAGE_ERROR'],
      [['logout', ada.keyName], fine],
      [['env', 'delete', 'PLANE'], 'STORAGE_ERROR'],
      [['env', 'switch', 'PLANE'], fine],
      [['token', '--api-key', grace.key], fine],
    ],
    'the secret': [
      [['list'], both],
      [['switch', ada.keyName], fine],
      [['project', 'prj-notes'], 'STORAGE_ERROR'],
      [['logout', ada.keyName], 'STORAGE_ERROR'],
      [['logout', grace.keyName], fine],
      [['logout', ada.keyName, '--force'], fine],
      [['token', '--api-key', ada.key, '--project-id', 'prj-notes'], 'STORAGE_ERROR'],
      [['token', '--api-key', grace.key], fine],
      [['env', 'delete', 'PLANE'], 'STORAGE_ERROR'],
    ],
  }

  async function place(file: string, what: string): Promise<string> {
    const path = join(sandbox.configFolder, paths[file] ?? '')
    rmSync(path)
    await BAD_FILES[what]?.place(path, {version: 1})
    return path
  }

  async function run(args: string[]): Promise<{exitCode: number | null; result: unknown; stderr: string}> {
    const named = args.map((arg) => arg.replace('PLANE', plane.url).replace('SECOND', second.url))
    const {stdout, stderr, exitCode} = await sandbox.run(['auth', ...named, '--json'])
    expect(stdout + stderr).not.to.match(/^\s+at /m)
    expect(stdout + stderr).not.to.contain(ada.key)
    return {exitCode, result: JSON.parse(stdout) as unknown, stderr}
  }

  for (const [file, steps] of Object.entries(journeys)) {
    for (const [args, expected] of steps) {
      const line = args.map((arg) => (arg === ada.key || arg === grace.key ? 'KEY' : arg)).join(' ')
      it(`(${file}) ${typeof expected === 'string' ? `makes '${line}' fail with ${expected}` : `does not harm '${line}'`}`, async () => {
        const path = await place(file, 'half a document')
        const before = fingerprint(path)
        const {exitCode, result, stderr} = await run(args)
        if (typeof expected === 'string') {
          const {error} = result as Failure
          expect([exitCode, error.code], error.message).to.deep.equal([1, expected])
          expect(expected === 'STORAGE_ERROR' ? error.message : stderr).to.contain(path)
          expect(fingerprint(path)).to.deep.equal(before)
          return
        }

        expect(exitCode, stderr).to.equal(0)
        expected(result as never)
        const copies = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.damaged-`))
        if (copies.length === 0) expect(fingerprint(path)).to.deep.equal(before)
        else
          expect(fingerprint(join(dirname(path), copies[0] ?? ''))).to.include({text: (before as {text: string}).text})
      })
    }
  }

  describe('that is a pipe', () => {
    requireThat(!BAD_FILES['a pipe']?.missing, 'needs mkfifo')

    for (const [file, args, exit] of [
      ['the current environment', ['env', 'list'], 0],
      ['the current environment', ['list'], 1],
      ['the environment', ['env', 'list'], 0],
      ['the profile', ['list'], 0],
      ['the current profile', ['switch', grace.keyName], 1],
      ['the secret', ['project', 'prj-notes'], 1],
    ] as const) {
      it(`(${file}) keeps '${args.join(' ')}' waiting for nothing`, async () => {
        const path = await place(file, 'a pipe')
        const {exitCode, stderr} = await run([...args])
        expect(exitCode, stderr).to.equal(exit)
        expect(existsSync(path)).to.equal(true)
      })
    }
  })
})
