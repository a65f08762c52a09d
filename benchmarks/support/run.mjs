// Programs that are started to prepare something, and not timed.
import {spawn} from 'node:child_process'

/** Rejects when it fails. `onOutput` hears everything so far, whenever there is more. */
export function run([command, ...args], {env, cwd, onOutput, expected = 0} = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {env, cwd, stdio: ['ignore', 'pipe', 'pipe']})
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        onOutput?.(output)
      })
    }
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === expected) resolve(output)
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${output}`))
    })
  })
}

export const say = (text) => process.stderr.write(`${text}\n`)
