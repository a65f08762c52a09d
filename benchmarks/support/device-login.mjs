// A browser login whose person is quick: reads the page and the code off the terminal, and approves at once.
import {run} from './run.mjs'
import {person} from './populate.mjs'

/** Seconds until the first poll, and the least that the CLI waits: the approval comes before it, so that there is one poll. */
export const INTERVAL = 1

/** Milliseconds from the start of the process to its end. */
export async function deviceLogin(cli, {env}, plane) {
  const began = performance.now()
  let approval
  await run([...cli, 'auth', 'login'], {
    env,
    onOutput(text) {
      const [, page, code] = /\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/.exec(text) ?? []
      if (code) approval ??= plane.approve({verification_uri: page, user_code: code}, {user: person})
    },
  })
  const took = performance.now() - began
  await approval
  return took
}
