import {createServer, type IncomingMessage, type RequestListener, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {brotliCompressSync, deflateSync, gzipSync} from 'node:zlib'
import {expect} from 'chai'
import nock from 'nock'
import {createBoundedFetch} from '../../src/http/bounded-fetch.js'
import {networkErrorCode} from '../../src/http/network-error.js'

describe('a request without a proxy', () => {
  let server: Server
  const fetch = createBoundedFetch({userAgent: 'test/1', retries: 0})

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query#part`
  }
  // What nock puts in the place of node:http uses no connection twice.
  before(() => nock.restore())
  after(() => nock.activate())
  afterEach(() => {
    server.close()
    server.closeAllConnections()
  })

  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  }

  const bodies: [what: string, body: () => NonNullable<RequestInit['body']>, type: RegExp, expected: RegExp][] = [
    ['text', () => 'ä', /^text\/plain;charset=UTF-8$/i, /^ä$/],
    ['a form', () => new URLSearchParams({a: '1 2'}), /^application\/x-www-form-urlencoded/, /^a=1\+2$/],
    ['bytes', () => new TextEncoder().encode('bytes'), /^$/, /^bytes$/],
    ['a form with files', formWithFile, /^multipart\/form-data; boundary=/, /name="file"[^]*content of it/],
    ['a stream', () => new Blob(['streamed']).stream(), /^$/, /^streamed$/],
  ]
  for (const [what, body, type, expected] of bodies) {
    it(`sends ${what} as fetch does`, async () => {
      let seen: {line: string; type: string; body: string; length: string | undefined} | undefined
      const url = await serve((request, response) => {
        const {method, url, headers} = request
        const length = headers['content-length']
        expect(headers['transfer-encoding']).to.equal(length === undefined ? 'chunked' : undefined)
        void bodyOf(request).then((text) => {
          seen = {line: `${method} ${url}`, type: headers['content-type'] ?? '', body: text, length}
          response.end()
        })
      })
      await fetch(url, {method: 'POST', body: body(), ...(what === 'a stream' && {duplex: 'half'})} as RequestInit)
      expect(seen?.line).to.equal('POST /path?query')
      expect(seen?.length).to.equal(what === 'a stream' ? undefined : String(Buffer.byteLength(seen?.body ?? '')))
      expect(seen?.type).to.match(type)
      expect(seen?.body).to.match(expected)
    })
  }

  for (const [encoding, encode] of Object.entries({gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync})) {
    it(`asks for ${encoding} and understands it`, async () => {
      const url = await serve((request, response) => {
        expect(request.headers['accept-encoding']).to.contain(encoding)
        response.writeHead(200, {'content-encoding': encoding}).end(encode('{"plain": true}'))
      })
      expect(await (await fetch(url)).json()).to.deep.equal({plain: true})
    })
  }

  const broken: [what: string, listener: RequestListener, code: RegExp][] = [
    [
      'ends in the middle',
      (_, response) => void response.writeHead(200, {'content-length': '9'}).write('{', () => response.destroy()),
      /^ECONNRESET$/,
    ],
    [
      'is cut off while it is compressed',
      (_, response) => {
        response.writeHead(200, {'content-encoding': 'gzip', 'content-length': '4000'})
        response.write(gzipSync('x'.repeat(1000)).subarray(0, 20), () => response.destroy())
      },
      /^ECONNRESET$/,
    ],
    ['is no HTTP', (_, response) => void response.socket?.end('HELLO\r\n\r\n'), /^HPE_/],
    [
      'switches to another protocol',
      (_, response) => void response.socket?.end('HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      /^ECONNRESET$/,
    ],
  ]
  for (const [what, listener, code] of broken) {
    it(`fails as the network does where the answer ${what}`, async () => {
      const url = await serve(listener)
      const error = await fetch(url).then(
        () => expect.fail('must not be taken'),
        (error: unknown) => error,
      )
      expect(networkErrorCode(error)).to.match(code)
    })
  }

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>()
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.end('x')
    })
    for (let time = 0; time < 3; time++) await (await fetch(url)).text()
    expect(ports.size).to.equal(1)
  })

  it('refuses a URL with a password in it before anything is sent', async () => {
    const url = await serve(() => expect.fail('must not be asked'))
    const error = await fetch(url.replace('://', '://user:secret@')).catch((error: unknown) => error)
    expect(error).to.be.instanceOf(TypeError)
  })
})

function formWithFile(): FormData {
  const form = new FormData()
  form.set('file', new Blob(['content of it']), 'a.txt')
  return form
}
