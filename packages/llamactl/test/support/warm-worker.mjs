/** Runs one command of the CLI after the other in one process; see warm-cli.ts. Started with points.mjs preloaded. */
import {fileURLToPath} from 'node:url'
import {Config, run} from '@oclif/core'
import {beginCounting} from './points.mjs'

const load = () => Config.load({root: fileURLToPath(new URL('../..', import.meta.url))})
const baseEnv = {...process.env}
let home = baseEnv.HOME
let config = await load()

for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk) => {
    process.send({type: name, text: String(chunk)})
    return true
  }
}

process.on('message', ({args, env}) => void runCommand(args, env))
process.send({type: 'ready'})

async function runCommand(args, env) {
  process.env = {...baseEnv, ...env}
  beginCounting(process.env)
  if (process.env.HOME !== home) {
    home = process.env.HOME
    config = await load()
  }

  process.exitCode = undefined
  let exitCode
  try {
    await run(args, config)
    exitCode = process.exitCode ?? 0
  } catch (error) {
    exitCode = error.oclif?.exit ?? error.exitCode ?? 1
    if (!error.skipOclifErrorHandling && !error.oclif) process.stderr.write(`${error.stack}\n`)
  }

  process.send({type: 'ended', exitCode})
}
