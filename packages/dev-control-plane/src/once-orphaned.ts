const LOOK_EVERY_MS = 200

/**
 * Calls `stop` when npx is gone, if npx started this process. npm 11 hands a signal to the shell in between, which ends
 * without handing it on: what `npx … &` and `kill` started and stopped in a script would else stay for ever.
 */
export function onceOrphaned(stop: () => void): void {
  if (process.env['npm_command'] !== 'exec') return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, LOOK_EVERY_MS)
  timer.unref()
}
