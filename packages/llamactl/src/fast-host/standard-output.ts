import {writeSync} from 'node:fs'

const consoleLog = console.log
let stream: NodeJS.WriteStream | undefined
const watchers: ((stdout: NodeJS.WriteStream) => void)[] = []

/**
 * To open standard output costs Node.js 3 ms, most of it for code of streams. What a command prints at once goes there
 * without: from now on the stream is made when somebody asks for `process.stdout`.
 */
export function openLate(): void {
  const open = Object.getOwnPropertyDescriptor(process, 'stdout')?.get as () => NodeJS.WriteStream
  const get = (): NodeJS.WriteStream => {
    if (stream) return stream
    stream = open.call(process)
    for (const watch of watchers) watch(stream)
    return stream
  }
  Object.defineProperty(process, 'stdout', {configurable: true, enumerable: true, get})
  // Before oclif, which throws.
  whenOpen((stdout) => stdout.on('error', giveUp))
}

export const isOpen = (): boolean => stream !== undefined

export function whenOpen(watch: (stdout: NodeJS.WriteStream) => void): void {
  if (stream) watch(stream)
  else watchers.push(watch)
}

/** What `console.log` does, unless a plugin put another in its place. The console of Windows takes text from the stream only. */
export function print(text: string): void {
  if (isOpen() || console.log !== consoleLog || process.platform === 'win32') {
    console.log(text)
    return
  }

  let rest = Buffer.from(`${text}\n`)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
  } catch (error) {
    // A pipe that somebody else made so that it does not wait for its reader: the stream does.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') process.stdout.write(rest)
    else giveUp(error as NodeJS.ErrnoException)
  }
}

/**
 * Standard output may be a file on a full disk. Then oclif would throw, and Node.js print a stack trace: this ends the
 * process, as `cat` would. A reader that closes the pipe (`| head`) is no failure.
 */
function giveUp({code}: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  process.stderr.write(`Error: llamactl cannot write to standard output (${code ?? 'unknown reason'}).\n`)
  process.exit(1)
}
