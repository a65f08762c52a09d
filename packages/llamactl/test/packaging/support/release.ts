import {appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {findTool} from '../../../../plugin-auth/test/support/requires.js'
import {type Finished, startProgram} from '../../support/sandbox.js'
import {root} from './workspace.js'

/** A clone of the repository in which somebody makes releases. */
export interface Clone {
  folder: string
  git(...args: string[]): Promise<string>
  /** Adds a line to a file, and commits it. */
  commit(file: string, message: string): Promise<void>
  lerna(...args: string[]): Promise<Finished>
  read(file: string): string
}

const OURS = ['llamactl', '@llamactl']

/**
 * What is in the working tree, as the last release: a tag for the version of each package. Its packages are linked as
 * `npm ci` links them, everything else is this workspace's.
 */
export async function cloneWorkspace(folder: string, registry: string): Promise<Clone> {
  const files = ['.gitignore', 'package.json', 'package-lock.json', 'lerna.json', 'tsconfig.json', 'tsconfig.base.json']
  const isWanted = (path: string): boolean => !/\/(packages|examples)\/[^/]+\/test$/.test(path)
  for (const name of [...files, 'scripts', 'packages', 'examples'])
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      filter: isWanted,
    })
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const [from, to] = [join(root, 'node_modules', name), join(folder, 'node_modules', name)]
    if (OURS.includes(name)) cpSync(from, to, {recursive: true, verbatimSymlinks: true})
    else symlinkSync(from, to)
  }

  const home = dirname(folder)
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    NX_DAEMON: 'false',
    NO_COLOR: '1',
    npm_config_registry: registry,
    npm_config_update_notifier: 'false',
  }
  const run = (program: string, args: string[]): Promise<Finished> =>
    startProgram(program, args, {env, cwd: folder}).finished
  const git = async (...args: string[]): Promise<string> => {
    const {stdout, stderr, exitCode} = await run(findTool('git') ?? 'git', args)
    if (exitCode !== 0) throw new Error(`git ${args.join(' ')} ended with ${exitCode}:\n${stderr}`)
    return stdout.trim()
  }
  const commitAll = async (message: string): Promise<void> => {
    await git('add', '-A')
    await git('commit', '-qm', message)
  }
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')

  await git('init', '-q', '-b', 'main')
  await git('config', 'user.name', 'Releaser')
  await git('config', 'user.email', 'releaser@example.com')
  await commitAll('Release')
  for (const place of ['packages', 'examples']) {
    for (const name of readdirSync(join(folder, place))) {
      const described = JSON.parse(read(`${place}/${name}/package.json`)) as {name: string; version: string}
      await git('tag', '-a', `${described.name}@${described.version}`, '-m', basename(name))
    }
  }
  return {
    folder,
    git,
    async commit(file, message) {
      mkdirSync(dirname(join(folder, file)), {recursive: true})
      appendFileSync(join(folder, file), '\n')
      await commitAll(message)
    },
    lerna: (...args) => run(process.execPath, [join(root, 'node_modules', 'lerna', 'dist', 'cli.js'), ...args]),
    read,
  }
}
