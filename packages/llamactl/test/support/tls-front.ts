import {once} from 'node:events'
import {createServer as createHttpsServer} from 'node:https'
import {request as ask} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface TlsFront {
  port: number
  /** The headers of each request. */
  headers: Record<string, unknown>[]
  close(): void
}

/** TLS in front of a control plane that has none, and that answers to its own address only. */
export async function startTlsFront(planeUrl: string, identity: {key: Buffer; cert: Buffer}): Promise<TlsFront> {
  const {host, port} = new URL(planeUrl)
  const headers: TlsFront['headers'] = []
  const server = createHttpsServer(identity, (request, response) => {
    headers.push(request.headers)
    const onward = ask({
      host: '127.0.0.1',
      port,
      method: request.method,
      path: request.url,
      headers: {...request.headers, host},
    })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    headers,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
