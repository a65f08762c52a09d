/** What one run of the built CLI left behind. */
export interface Finished {
  stdout: string
  stderr: string
  exitCode: number | null
  /** Standard output as the one JSON document it has to be. */
  json<T = unknown>(): T
}

/** What a run has written so far. */
export interface Output {
  finished: Promise<Finished>
  /** Resolves with the match as soon as standard error shows it; rejects when the process ends without. */
  stderrShows(pattern: RegExp): Promise<RegExpMatchArray>
}

export interface OutputRecorder extends Output {
  write(name: 'stdout' | 'stderr', text: string): void
  /** Null after a signal. */
  end(exitCode: number | null): void
  fail(error: Error): void
}

export function recordOutput(): OutputRecorder {
  const output = {stdout: '', stderr: ''}
  const listeners = new Set<() => void>()
  let isEnded = false
  let resolve: (finished: Finished) => void
  let fail: (error: Error) => void
  const finished = new Promise<Finished>((...callbacks) => ([resolve, fail] = callbacks))
  const tell = (): void => {
    for (const listener of listeners) listener()
  }

  return {
    finished,
    fail: (error) => fail(error),

    write(name, text) {
      output[name] += text
      tell()
    },

    end(exitCode) {
      isEnded = true
      resolve({...output, exitCode, json: <T>() => JSON.parse(output.stdout) as T})
      tell()
    },

    stderrShows: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output.stderr)
          if (match) resolve(match)
          else if (isEnded) reject(new Error(`Ended without ${pattern}:\n${output.stdout}\n${output.stderr}`))
          else return
          listeners.delete(look)
        }

        listeners.add(look)
        look()
      }),
  }
}
