import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

export interface ProxyOptions {
  /** Where each `host:port` is: a port on this machine. */
  routes: Record<string, number>
  /** `user:password`, without which it answers 407. */
  password?: string
  /** Answered to everything. */
  refuse?: number
}

export interface TestProxy {
  /** `127.0.0.1:PORT` */
  host: string
  /** What went through, or was refused. */
  seen: {method: string; target: string; status: number}[]
  stop(): void
}

const PROGRAM = fileURLToPath(new URL('../fixtures/proxy.mjs', import.meta.url))

/** A proxy in a process of its own. */
export async function startProxy(options: ProxyOptions): Promise<TestProxy> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {stdio: ['ignore', 'pipe', 'inherit']})
  const lines = createInterface(child.stdout)
  const seen: TestProxy['seen'] = []
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error('The proxy ended before it had begun.')))
    lines.on('line', (line) => {
      const message = JSON.parse(line) as {port: number} | TestProxy['seen'][number]
      if ('port' in message) resolve(message.port)
      else seen.push(message)
    })
  })
  return {host: `127.0.0.1:${port}`, seen, stop: () => void child.kill()}
}
