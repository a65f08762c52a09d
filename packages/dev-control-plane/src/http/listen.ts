import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'

import {blockedPorts} from './blocked-ports.js'

/** Listens on 127.0.0.1 only; port 0 takes any free one. Returns the server and the port it got. */
export async function listen(port: number): Promise<{server: Server; port: number}> {
  if (blockedPorts.has(port)) throw new Error(`Port ${port} is one that fetch and browsers refuse. Choose another.`)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(new Error(complaint(port, cause), {cause})))
    server.listen(port, '127.0.0.1', resolve)
  })
  return {server, port: (server.address() as AddressInfo).port}
}

function complaint(port: number, {code, message}: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another, or 0 for any free one.`
  if (code === 'EACCES') return `Port ${port} needs more rights than this process has. Choose one above 1023.`
  return `Cannot listen on 127.0.0.1:${port}: ${message}`
}
