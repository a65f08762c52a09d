import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Config} from '@oclif/core'
import {refreshIndex} from '../../src/index-files/refresh-index.js'
import {script, type Shell} from '../../src/scripts/script.js'

export const SAMPLE = fileURLToPath(new URL('../fixtures/sample', import.meta.url))

/** A CLI with commands and values of every sort, its index in a folder of its own, and its scripts. */
export interface Sample {
  config: Config
  /** Of the index. */
  folder: string
  env: Record<string, string>
  /** How the scripts called the CLI back: a program on PATH that does nothing else. */
  calls(): string[]
  /** From now on the CLI does not end by itself. */
  hang(): void
  /** The script of a shell in a file. */
  script(shell: Shell): string
  /** The only values of a kind from now on. */
  setValues(kind: string, lines: string[]): void
  refresh(): Promise<void>
  remove(): void
}

/** `change` is what the host and its plugins say of themselves. */
export async function makeSample(change: (config: Config) => void = () => undefined): Promise<Sample> {
  const root = mkdtempSync(join(tmpdir(), 'completion-sample-'))
  const [bin, scripts, cacheDir, dataDir] = ['bin', 'scripts', 'cache', 'data'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ]
  for (const path of [bin, scripts, dataDir]) mkdirSync(path)
  const calls = join(bin, 'calls')
  writeFileSync(join(bin, 'llamactl'), `#!/bin/sh\necho "$*" >> '${calls}'\n`, {mode: 0o755})
  const config = await Config.load({root: SAMPLE, userPlugins: false, devPlugins: false})
  Object.assign(config, {cacheDir, dataDir})
  change(config)
  const folder = join(cacheDir, 'completion')
  await refreshIndex(config)
  return {
    config,
    folder,
    env: {LLAMACTL_CACHE_DIR: cacheDir, PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`},
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
    hang: () => writeFileSync(join(bin, 'llamactl'), '#!/bin/sh\nexec sleep 30\n'),
    refresh: () => refreshIndex(config),
    remove: () => rmSync(root, {recursive: true, force: true}),

    script(shell) {
      const path = join(scripts, `script.${shell}`)
      writeFileSync(path, script(shell, config))
      return path
    },

    setValues: (kind, lines) => writeFileSync(join(folder, `v.${kind}.tsv`), ['V\t1\t-', ...lines, ''].join('\n')),
  }
}
