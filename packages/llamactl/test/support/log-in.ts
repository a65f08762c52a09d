import type {ApprovalOptions, DevControlPlane} from '@llamactl/dev-control-plane'
import type {Finished, Output} from './output.js'
import type {RunOptions} from './sandbox.js'

/** Runs `auth login` and plays the person who reads the page and the code off the terminal. */
export async function logIn(
  cli: {start(args: string[], options?: RunOptions): Output},
  plane: DevControlPlane,
  {args = [], ...approval}: ApprovalOptions & {args?: string[]} = {},
  options: RunOptions = {},
): Promise<Finished> {
  const running = cli.start(['auth', 'login', ...args], options)
  const [, verification_uri, user_code] = await running.stderrShows(/\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/)
  await plane.approve({verification_uri: verification_uri ?? '', user_code: user_code ?? ''}, approval)
  return running.finished
}
