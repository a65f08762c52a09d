import {spawn} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import type {Output, OutputRecorder} from './output.js'
import {recordOutput} from './output.js'
import type {RunOptions, Sandbox} from './sandbox.js'

const [WORKER, POINTS] = ['warm-worker.mjs', 'points.mjs'].map((name) => fileURLToPath(new URL(name, import.meta.url)))

/**
 * One process that runs the built CLI again and again in the same sandbox, one command at a time: the same code, at a
 * tenth of the time. Standard input stays empty, and a signal would end it.
 */
export interface WarmCli {
  start(args: string[], options?: Pick<RunOptions, 'env'>): Output
  run(args: string[], options?: Pick<RunOptions, 'env'>): Output['finished']
  stop(): void
  /** Lets this process end although the CLI is there. */
  unref(): void
}

interface Message {
  type: 'ready' | 'stdout' | 'stderr' | 'ended'
  text: string
  exitCode: number
}

export async function startWarmCli({env, folder}: Pick<Sandbox, 'env' | 'folder'>): Promise<WarmCli> {
  const worker = spawn(process.execPath, ['--import', POINTS ?? '', WORKER ?? ''], {
    env,
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let recorder: OutputRecorder | undefined
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The warm CLI ended before it had begun.')))
    worker.on('message', ({type, text, exitCode}: Message) => {
      if (type === 'ready') resolve()
      else if (type !== 'ended') recorder?.write(type, text)
      else {
        const ended = recorder
        recorder = undefined
        ended?.end(exitCode)
      }
    })
  })
  worker.on('exit', () => recorder?.fail(new Error('The warm CLI ended in the middle of a command.')))

  function start(args: string[], {env = {}}: Pick<RunOptions, 'env'> = {}): Output {
    if (recorder) throw new Error('The warm CLI runs one command at a time.')
    recorder = recordOutput()
    worker.send({args, env})
    return recorder
  }

  return {
    start,
    run: (args, options) => start(args, options).finished,
    stop: () => void worker.kill(),
    unref() {
      worker.unref()
      worker.channel?.unref()
    },
  }
}
