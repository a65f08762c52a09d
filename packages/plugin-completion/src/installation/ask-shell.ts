import {type ChildProcess, spawn} from 'node:child_process'

/**
 * What a person's own shell says once it has read its files. They may print, ask, or never end: nothing is on its standard input,
 * only what stands between two marks counts, and after three seconds it is over.
 */
export async function askShell(shell: 'bash' | 'zsh', code: string): Promise<string | undefined> {
  // In a session of its own: an interactive shell would take the terminal away from this process.
  const child = spawn(shell, ['-ic', `printf %s @@; ${code}; printf %s @@`], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {...process.env, TERM: 'dumb'},
  })
  const timer = setTimeout(() => end(child), 3000)
  try {
    const output = await new Promise<string>((resolve) => {
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        // What it started in the background may keep the pipe open.
        if (/@@[^]*@@/.test(text)) resolve(text)
      })
      child.once('error', () => resolve(''))
      child.once('close', () => resolve(text))
    })
    return /@@([^]*)@@/.exec(output)?.[1]
  } finally {
    clearTimeout(timer)
    end(child)
    child.stdout.destroy()
    child.unref()
  }
}

/** With all that it started; Windows knows no groups of processes. */
function end(child: ChildProcess): void {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It went by itself.
  }
}
