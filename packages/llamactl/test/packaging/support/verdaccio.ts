import {fork} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {inCache} from './managers.js'

export const verdaccio = inCache('verdaccio', 'bin', 'verdaccio')

export interface PublicRegistry {
  url: string
  /** Of somebody who may publish. */
  token: string
  close(): Promise<void>
}

/**
 * The registry that people run: it has users, and takes what is published. Our packages are those that somebody publishes
 * into it; all else it gets from `dependencies`, which is on loopback as well.
 */
export async function startVerdaccio(folder: string, dependencies: string): Promise<PublicRegistry> {
  mkdirSync(folder)
  const ours = {access: '$all', publish: '$authenticated'}
  const config = {
    storage: join(folder, 'storage'),
    auth: {htpasswd: {file: join(folder, 'htpasswd')}},
    uplinks: {dependencies: {url: dependencies}},
    packages: {llamactl: ours, '@llamactl/*': ours, '**': {access: '$all', proxy: 'dependencies'}},
    max_body_size: '100mb',
    web: {enable: false},
    log: {type: 'file', path: join(folder, 'log'), level: 'warn'},
  }
  const file = join(folder, 'config.yaml')
  writeFileSync(file, JSON.stringify(config))
  const url = `http://127.0.0.1:${await freePort()}`
  const server = fork(verdaccio, ['--config', file, '--listen', url], {
    env: {PATH: process.env['PATH'], HOME: folder},
    silent: true,
  })
  const ended = once(server, 'exit')
  const [started] = (await Promise.race([once(server, 'message'), ended])) as [unknown]
  if (typeof started === 'number') throw new Error(`verdaccio ended with ${started}`)
  return {
    url,
    token: await addUser(url),
    async close() {
      server.kill('SIGTERM')
      await ended
    },
  }
}

/** Verdaccio does not say which port it took when it is asked for any. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function addUser(url: string): Promise<string> {
  const body = JSON.stringify({name: 'releaser', password: 'on loopback only'})
  const headers = {'content-type': 'application/json'}
  const reply = await fetch(`${url}/-/user/org.couchdb.user:releaser`, {method: 'PUT', headers, body})
  if (!reply.ok) throw new Error(`verdaccio answered ${reply.status}: ${await reply.text()}`)
  return ((await reply.json()) as {token: string}).token
}
