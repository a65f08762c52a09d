import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {toConfiguredId} from '@oclif/core'
import type {Config} from '@oclif/core/interfaces'
import {INSTALLABLE} from '../installation/places.js'

/** Once in the life of an installation, to a person whose shell can have it. */
export function suggestInstalling(config: Config, argv: readonly string[]): void {
  const {env, stdin, stdout, stderr} = process
  const isAttended = stdin.isTTY && stdout.isTTY && stderr.isTTY && !env['CI'] && env['TERM'] !== 'dumb'
  const shell = INSTALLABLE.find((each) => each === (env['SHELL'] ?? '').split('/').at(-1))
  const said = join(config.dataDir, 'completion', 'suggested')
  if (!isAttended || !shell || argv.some((word) => /^--json$|^(?:-o|--output)/.test(word)) || existsSync(said)) return
  mkdirSync(join(config.dataDir, 'completion'), {recursive: true})
  writeFileSync(said, '')
  stderr.write(
    `${config.bin} completes commands and names on TAB: ${config.bin} ${toConfiguredId('completion:install', config)}\n`,
  )
}
