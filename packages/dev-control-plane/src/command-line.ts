import {readFileSync} from 'node:fs'

import type {DevControlPlane} from './dev-control-plane.js'
import {onceOrphaned} from './once-orphaned.js'
import {parseCommandLine, type CommandLine, type Serve} from './parse-command-line.js'
import {loadSeed} from './seed/load-seed.js'
import {usage} from './usage.js'
import {welcome} from './welcome.js'

/** The bin: starts a control plane and keeps it until SIGINT or SIGTERM. Sets `process.exitCode` when it cannot. */
export async function runCommandLine(argv: string[]): Promise<void> {
  const parsed = parse(argv)
  if (parsed === undefined) return
  if (parsed.kind === 'help') return print(usage)
  if (parsed.kind === 'version') return print(version())

  try {
    await serve(parsed)
  } catch (error) {
    process.stderr.write(`Error: ${(error as Error).message}\n`)
    process.exitCode = 1
  }
}

function parse(argv: string[]): CommandLine | undefined {
  try {
    return parseCommandLine(argv)
  } catch (error) {
    process.stderr.write(`Error: ${(error as Error).message}\nSee llamactl-dev-control-plane --help\n`)
    process.exitCode = 2
    return undefined
  }
}

async function serve({seedFile, json, options}: Serve): Promise<void> {
  // Loaded late: --help, and what is wrong with a flag, need none of it.
  const {startDevControlPlane} = await import('./start-dev-control-plane.js')
  const seed = seedFile === undefined ? {} : {seed: await loadSeed(seedFile)}
  const controlPlane = await startDevControlPlane({...options, ...seed})

  function stop(): void {
    void controlPlane.close().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  onceOrphaned(stop)
  print(json ? JSON.stringify(ready(controlPlane)) : welcome(controlPlane, options))
}

/** What a script needs once it listens. */
function ready({url, issuer}: DevControlPlane): {url: string; issuer: string | null; pid: number} {
  return {url, issuer, pid: process.pid}
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as {version: string}).version
}
