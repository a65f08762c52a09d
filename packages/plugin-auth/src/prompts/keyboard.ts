import {type Interface, emitKeypressEvents, type Key} from 'node:readline'

/** A stream keys can be read from: a terminal, or a pipe, which has no raw mode. */
export type KeyInput = NodeJS.ReadableStream &
  Partial<Pick<NodeJS.ReadStream, 'isTTY' | 'isRaw' | 'setRawMode' | 'destroyed' | 'readableEnded'>>

export interface KeyListener {
  onKey(text: string | undefined, key: Key): void
  /** The terminal hung up, or the pipe is at its end. */
  onEnd(): void
}

/** Reads single keys, unechoed, until the function it returns is called. That leaves the stream as it was, paused. */
export function listenToKeys(input: KeyInput, {onKey, onEnd}: KeyListener): () => void {
  const wasRaw = input.isRaw ?? false
  const setRawMode = (raw: boolean) => void (input.isTTY && !input.destroyed && input.setRawMode?.(raw))

  const onPress = (text: string | undefined, key: Key): void => {
    // Ctrl-\ and the like have no name, and would be taken for text.
    if (key.name || !text || !CONTROL.test(text)) onKey(text, key)
  }

  // A lone Esc is told from the start of an arrow key by the silence after it: half a second unless told otherwise.
  emitKeypressEvents(input, {escapeCodeTimeout: 100} as unknown as Interface)
  setRawMode(true)
  input.on('keypress', onPress)
  input.on('end', onEnd)
  input.on('close', onEnd)
  input.on('error', onEnd)
  input.resume()
  if (input.readableEnded || input.destroyed) queueMicrotask(onEnd)

  return () => {
    input.removeListener('keypress', onPress)
    input.removeListener('end', onEnd)
    input.removeListener('close', onEnd)
    // A paused stream does not keep the process alive, and leaves what is typed ahead to the next question.
    input.pause()
    setRawMode(wasRaw)
    // Last, because on a terminal that hung up the line above reports an error as well.
    input.removeListener('error', onEnd)
  }
}

const CONTROL = /\p{Cc}/u
