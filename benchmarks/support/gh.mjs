// GitHub's CLI, as the one to be compared with. It is logged in to a host that is this process: gh asks `github.localhost` without
// TLS, and through a proxy like any other. So its `auth status` makes its two requests, and nothing leaves this machine.
import {createServer} from 'node:http'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {findTool} from '../../packages/plugin-auth/test/support/requires.ts'
import {run} from './run.mjs'
import {sandboxIn} from './sandbox.mjs'

export async function ghCommands(folder) {
  const {home, env} = sandboxIn(folder, 'gh')
  const gh = findTool('gh')
  if (!gh) return {commands: [], about: 'gh is not installed.', close() {}}

  const version = await run([gh, '--version'], {env})
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('x-oauth-scopes', 'gist, read:org, repo')
      response.setHeader('content-type', 'application/json')
      response.end('{"data": {"viewer": {"login": "bench"}}}')
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  writeFileSync(
    join(home, 'hosts.yml'),
    'github.localhost:\n    user: bench\n    oauth_token: made-up\n    git_protocol: https\n',
    {mode: 0o600},
  )
  const proxy = `http://127.0.0.1:${server.address().port}`
  const status = {...env, GH_CONFIG_DIR: home, HTTP_PROXY: proxy, GH_NO_UPDATE_NOTIFIER: '1'}
  return {
    commands: [
      {name: 'gh --version', argv: [gh, '--version'], env},
      {name: 'gh auth status', argv: [gh, 'auth', 'status'], env: status},
    ],
    about: `gh is ${/version (\S+)/.exec(version)[1]}.`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
