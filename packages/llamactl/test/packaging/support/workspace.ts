import {cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {findTool} from '../../../../plugin-auth/test/support/requires.js'
import {startProgram} from '../../support/sandbox.js'

export const root = fileURLToPath(new URL('../../../../../', import.meta.url))

export interface Tarball {
  name: string
  version: string
  path: string
}

interface Described {
  name: string
  version: string
  publishConfig?: {directory?: string}
}

/**
 * What would be published, packed as a release packs it, but in a copy of the workspace: `prepack` puts files into a
 * package's folder for a moment, and other suites run the CLI from there.
 */
export async function packPackages(folder: string): Promise<Tarball[]> {
  const copy = join(folder, 'workspace')
  const destination = join(folder, 'packed')
  mkdirSync(destination)
  const isWanted = (path: string) => !/\/packages\/[^/]+\/test$/.test(path)
  for (const name of ['package.json', 'tsconfig.base.json', 'scripts', 'packages']) {
    // With its times: the compiler then sees that there is nothing to do.
    cpSync(join(root, name), join(copy, name), {recursive: true, preserveTimestamps: true, filter: isWanted})
  }

  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return Promise.all(
    readdirSync(join(copy, 'packages')).map(async (directory) => {
      const cwd = join(copy, 'packages', directory)
      const {name, version, publishConfig} = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as Described
      const env = {PATH: process.env['PATH'], HOME: folder, npm_config_update_notifier: 'false'}
      const npm = async (...args: string[]): Promise<void> => {
        const {stdout, stderr, exitCode} = await startProgram(findTool('npm') ?? 'npm', args, {env, cwd}).finished
        if (exitCode !== 0) throw new Error(`npm ${args.join(' ')} ended with ${exitCode}:\n${stdout}\n${stderr}`)
      }
      // As lerna does, which npm does not know of.
      const published = publishConfig?.directory
      if (published) await npm('run', 'prepack')
      const quietly = ['--json', '--foreground-scripts=false', '--pack-destination', destination]
      await npm('pack', `./${published ?? ''}`, ...quietly)
      return {name, version, path: join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)}
    }),
  )
}
