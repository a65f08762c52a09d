import {type KeyInput, listenToKeys} from './keyboard.js'

/**
 * Calls what belongs to a key that is pressed, one at a time, until the function it returns is called. A raw terminal sends no
 * signal for Ctrl-C: `onCancel` hears of it.
 */
export function offerKeys(
  actions: Readonly<Record<string, () => Promise<unknown>>>,
  {input = process.stdin, onCancel}: {input?: KeyInput; onCancel(): void},
): () => void {
  let isBusy = false
  return listenToKeys(input, {
    onKey(_, {name = '', ctrl, meta}) {
      if (ctrl && name === 'c') return onCancel()
      const action = ctrl || meta || isBusy || !Object.hasOwn(actions, name) ? undefined : actions[name]
      if (!action) return
      isBusy = true
      void action()
        .catch(() => undefined)
        .finally(() => {
          isBusy = false
        })
    },
    // A terminal that hung up sends a signal as well.
    onEnd: () => undefined,
  })
}
