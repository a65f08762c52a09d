import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {toConfiguredId} from '@oclif/core'
import type {Config} from '@oclif/core/interfaces'
import {shellOf} from '../installation/choose-shell.js'

/** Once in the life of an installation, to a person whose shell can have it. */
export function suggestInstalling(config: Config, argv: readonly string[]): void {
  const {env, stdin, stdout, stderr} = process
  const isAttended = stdin.isTTY && stdout.isTTY && stderr.isTTY && !env['CI'] && env['TERM'] !== 'dumb'
  const asksForData = argv.some((word) => /^--json$|^(?:-o|--output)/.test(word))
  const said = join(config.dataDir, 'completion', 'suggested')
  if (!isAttended || !shellOf(env) || asksForData || existsSync(said)) return
  mkdirSync(join(config.dataDir, 'completion'), {recursive: true})
  writeFileSync(said, '')
  stderr.write(
    `${config.bin} completes commands and names on TAB: ${config.bin} ${toConfiguredId('completion:install', config)}\n`,
  )
}
