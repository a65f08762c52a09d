import {AuthError} from '../errors.js'
import type {EnquirerPrompt} from './enquirer-prompt.js'
import {type KeyInput, listenToKeys} from './keyboard.js'

export interface Conversation {
  input: KeyInput
  output: NodeJS.WritableStream
  signal: AbortSignal | undefined
}

interface Step {
  run(): Promise<void>
  /** The bytes of the key that asked for this step. */
  sequence: string
}

/**
 * Shows a prompt and hands it the keys until it is answered or cancelled, in place of enquirer's `run()`: that one
 * never settles when the first drawing fails, takes keys while it is still validating, and reads through a readline
 * interface, which keeps a secret in its history and closes itself on Ctrl-D.
 */
export async function converse(prompt: EnquirerPrompt, {input, output, signal}: Conversation): Promise<unknown> {
  signal?.throwIfAborted()

  return new Promise((resolve, reject) => {
    const waiting: Step[] = []
    let isWorking = false

    const work = async (step: Step): Promise<void> => {
      waiting.push(step)
      if (isWorking) return
      isWorking = true
      for (let next = waiting.shift(); next; next = prompt.state.closed ? undefined : waiting.shift()) await next.run()
      isWorking = false
    }
    const enqueue = (run: () => Promise<void>, sequence = ''): void => {
      work({run, sequence}).catch((error: unknown) => settle(() => reject(error)))
    }

    const redraw = (): void => enqueue(() => prompt.render())
    const cancel = (): void => void prompt.cancel().catch(() => prompt.emit('cancel'))
    // A terminal that hung up refuses the last drawing too; the end of the input has been heard of by then.
    const ignoreError = (): void => {}

    const settle = (outcome: () => void): void => {
      stopListening()
      output.removeListener('resize', redraw)
      signal?.removeEventListener('abort', cancel)
      setImmediate(() => output.removeListener('error', ignoreError))
      // Several lines can come out of a pipe at once. From a terminal that is a paste, perhaps of a secret with a line
      // break in it, and its rest must not become the answer to the next question.
      const rest = waiting.map(({sequence}) => sequence).join('')
      if (rest && !input.isTTY && !input.readableEnded) input.unshift(rest)
      outcome()
    }

    prompt.once('submit', (answer: unknown) => settle(() => resolve(answer)))
    prompt.once('cancel', () => settle(() => reject(signal?.aborted ? signal.reason : cancelled())))
    output.on('error', ignoreError)
    output.on('resize', redraw)
    signal?.addEventListener('abort', cancel)
    // Raw mode comes before the first drawing: an answer typed between them would be echoed.
    const stopListening = listenToKeys(input, {
      onKey: (text, key) => enqueue(() => prompt.keypress(text, key), key.sequence),
      // After the keys before it: a pipe tells of its end at once.
      onEnd: () => enqueue(() => prompt.cancel()),
    })
    enqueue(() => prompt.initialize())
  })
}

export const cancelled = (): AuthError => new AuthError('CANCELLED', 'Cancelled.')
