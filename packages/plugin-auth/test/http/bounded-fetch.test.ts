import {createServer, type RequestListener, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {gzipSync} from 'node:zlib'

import {expect} from 'chai'
import nock from 'nock'

import {
  BodyTooLarge,
  type BoundedOptions,
  createBoundedFetch,
  isTimeout,
  networkErrorCode,
} from '../../src/http/bounded-fetch.js'
import type {Network} from '../../src/http/network.js'

describe('the bounded fetch', () => {
  let server: Server
  let requests: {method: string; headers: Record<string, unknown>}[]

  /** A server that answers the n-th request with the n-th listener, and further ones with the last. */
  async function serve(...listeners: RequestListener[]): Promise<string> {
    requests = []
    server = createServer((request, response) => {
      const listener = listeners[Math.min(requests.length, listeners.length - 1)]!
      requests.push({method: request.method!, headers: request.headers})
      listener(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query`
  }

  afterEach(() => {
    server.close()
    server.closeAllConnections()
  })

  const bounded = (options: Partial<BoundedOptions> = {}) =>
    createBoundedFetch({userAgent: 'test/1', retryDelay: 5, ...options})

  const rejection = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => expect.fail('did not reject'),
      (error: Error) => error,
    )

  const ok: RequestListener = (_, response) => response.end('fine')
  const hang: RequestListener = () => {}
  const reset: RequestListener = (request) => request.socket.destroy()
  const status =
    (code: number, headers = {}): RequestListener =>
    (_, response) =>
      response.writeHead(code, headers).end()

  it('hands over status, headers, body and the address that was asked', async () => {
    const url = await serve((_, response) => response.writeHead(418, {'x-request-id': 'r1'}).end('tea'))
    const response = await bounded()(url)
    expect([response.status, response.headers.get('x-request-id'), await response.text(), response.url]).to.deep.equal([
      418,
      'r1',
      'tea',
      url,
    ])
  })

  it('says who it is, whatever the caller says', async () => {
    const url = await serve(ok)
    await bounded()(url, {headers: {'user-agent': 'other', accept: 'text/plain'}})
    expect(requests[0]!.headers['user-agent']).to.equal('test/1')
    expect(requests[0]!.headers['accept']).to.equal('text/plain')
  })

  it('hands back a redirect and does not follow it', async () => {
    const url = await serve(status(302, {location: '/elsewhere'}), ok)
    const response = await bounded()(url, {redirect: 'follow'})
    expect(response.status).to.equal(302)
    expect(response.headers.get('location')).to.equal('/elsewhere')
    expect(requests).to.have.length(1)
  })

  for (const code of [204, 304]) {
    it(`hands back ${code}, which has no body`, async () => {
      expect((await bounded()(await serve(status(code)))).status).to.equal(code)
    })
  }

  describe('limits the body', () => {
    it('to the limit exactly', async () => {
      const url = await serve((_, response) => response.end('x'.repeat(100)))
      expect(await (await bounded({limit: 100})(url)).text()).to.have.length(100)
      expect(await rejection(bounded({limit: 99})(url))).to.be.instanceOf(BodyTooLarge)
    })

    it('as it is after decompression', async () => {
      const bomb = gzipSync(Buffer.alloc(8 << 20))
      const url = await serve((_, response) => response.writeHead(200, {'content-encoding': 'gzip'}).end(bomb))
      expect(await rejection(bounded()(url))).to.be.instanceOf(BodyTooLarge)
    })

    it('and hangs up on one that never ends (login case 31)', async () => {
      let closed: () => void
      const hungUp = new Promise<void>((resolve) => (closed = resolve))
      const url = await serve((_, response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(1 << 18)), 1)
        response.on('close', () => {
          clearInterval(timer)
          closed()
        })
      })
      expect(await rejection(bounded()(url))).to.be.instanceOf(BodyTooLarge)
      await hungUp
      expect(requests).to.have.length(1)
    })

    it('hands over a compressed body decompressed and no longer says that it is compressed', async () => {
      const url = await serve((_, response) =>
        response.writeHead(200, {'content-encoding': 'gzip'}).end(gzipSync('{"a": 1}')),
      )
      const response = await bounded()(url)
      expect(response.headers.has('content-encoding')).to.equal(false)
      expect(await response.json()).to.deep.equal({a: 1})
    })
  })

  describe('limits the time', () => {
    const dripping: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(timer))
    }

    for (const [what, listener] of Object.entries({'that never comes': hang, 'that drips for ever': dripping})) {
      it(`of an answer ${what}, and does not ask again`, async () => {
        const url = await serve(listener)
        const started = performance.now()
        expect(isTimeout(await rejection(bounded({timeout: 80})(url)))).to.equal(true)
        expect(performance.now() - started).to.be.lessThan(500)
        expect(requests).to.have.length(1)
      })
    }
  })

  describe('asks again for a GET', () => {
    for (const code of [408, 425, 429, 500, 502, 503, 504]) {
      it(`after ${code}`, async () => {
        expect((await bounded()(await serve(status(code), status(code), ok))).status).to.equal(200)
        expect(requests).to.have.length(3)
      })
    }

    for (const code of [200, 400, 401, 404, 501, 505]) {
      it(`but not after ${code}`, async () => {
        expect((await bounded()(await serve(status(code), ok))).status).to.equal(code)
        expect(requests).to.have.length(1)
      })
    }

    it('twice at most, then hands back what it got', async () => {
      expect((await bounded()(await serve(status(503)))).status).to.equal(503)
      expect(requests).to.have.length(3)
    })

    it('after a dropped connection', async () => {
      expect((await bounded()(await serve(reset, reset, ok))).status).to.equal(200)
    })

    it('after an answer that breaks off', async () => {
      const broken: RequestListener = (request, response) => {
        response.writeHead(200, {'content-length': '100'})
        response.write('half', () => request.socket.destroy())
      }
      expect(await (await bounded()(await serve(broken, ok))).text()).to.equal('fine')
    })

    it('with longer and longer pauses', async () => {
      const started = performance.now()
      await bounded({retryDelay: 40})(await serve(status(503), status(503), ok))
      expect(performance.now() - started).to.be.within(115, 1000)
    })

    it('heeding a short Retry-After', async () => {
      const started = performance.now()
      await bounded()(await serve(status(503, {'retry-after': '1'}), ok))
      expect(performance.now() - started).to.be.within(990, 2000)
    })

    it('but hands back an answer whose Retry-After is long', async () => {
      expect((await bounded()(await serve(status(429, {'retry-after': '60'}), ok))).status).to.equal(429)
      expect(requests).to.have.length(1)
    })
  })

  for (const method of ['POST', 'PUT', 'DELETE']) {
    it(`asks never again for a ${method}`, async () => {
      expect((await bounded()(await serve(status(503), ok), {method})).status).to.equal(503)
      expect(requests).to.have.length(1)
      server.close()
      server.closeAllConnections()
      expect(networkErrorCode(await rejection(bounded()(await serve(reset, ok), {method})))).to.equal('ECONNRESET')
      expect(requests).to.have.length(1)
    })
  }

  describe('when a signal says so', () => {
    // It looks like the network's: no other try must come of it.
    const reason = Object.assign(new Error('stop'), {code: 'ECONNRESET'})

    for (const where of ['of all requests', 'of this request']) {
      const aborted = (url: string, signal: AbortSignal, options: Partial<BoundedOptions> = {}): Promise<Error> =>
        rejection(where === 'of all requests' ? bounded({signal, ...options})(url) : bounded(options)(url, {signal}))

      it(`${where}, rejects at once with its reason while an answer is awaited`, async () => {
        const url = await serve(hang)
        const controller = new AbortController()
        setTimeout(() => controller.abort(reason), 30)
        const started = performance.now()
        expect(await aborted(url, controller.signal)).to.equal(reason)
        expect(performance.now() - started).to.be.lessThan(200)
        expect(requests).to.have.length(1)
      })

      it(`${where}, rejects at once with its reason between two tries`, async () => {
        const url = await serve(status(503))
        const controller = new AbortController()
        setTimeout(() => controller.abort(reason), 60)
        const started = performance.now()
        expect(await aborted(url, controller.signal, {retryDelay: 5000})).to.equal(reason)
        expect(performance.now() - started).to.be.lessThan(260)
      })

      it(`${where}, asks nothing when it came before`, async () => {
        const url = await serve(ok)
        expect(await aborted(url, AbortSignal.abort(reason))).to.equal(reason)
        expect(requests).to.have.length(0)
      })
    }

    it('rejects at once even where fetch itself does not react', async () => {
      await serve(ok)
      const {fetch: real} = globalThis
      // With a proxy it is the fetch of Node.js.
      const network: Network = {
        wayTo: async () => ({kind: 'proxy', dispatcher: {}}),
        explain: async (error) => error,
        proxyRefused: async () => undefined,
      }
      globalThis.fetch = () => new Promise(() => {})
      try {
        const controller = new AbortController()
        setTimeout(() => controller.abort(reason), 10)
        const {signal} = controller
        expect(await rejection(bounded({network})('https://idp.example/', {signal}))).to.equal(reason)
        const late = await rejection(bounded({network, timeout: 10})('https://idp.example/'))
        expect(isTimeout(late)).to.equal(true)
      } finally {
        globalThis.fetch = real
      }
    })

    it('leaves no listener behind on a signal that outlives the request', async () => {
      const {signal} = new AbortController()
      let listeners = 0
      const {addEventListener, removeEventListener} = signal
      signal.addEventListener = (...args: unknown[]) => {
        listeners++
        addEventListener.apply(signal, args as never)
      }
      signal.removeEventListener = (...args: unknown[]) => {
        listeners--
        removeEventListener.apply(signal, args as never)
      }
      await bounded({signal})(await serve(status(503), ok))
      expect(listeners).to.equal(0)
    })
  })

  it('looks fetch up when it is called, so that a test can replace it', async () => {
    await serve(ok)
    const fetch = bounded()
    nock.disableNetConnect()
    try {
      const scope = nock('https://idp.example', {reqheaders: {'user-agent': 'test/1'}})
        .get('/')
        .reply(200, 'intercepted')
      expect(await (await fetch('https://idp.example/')).text()).to.equal('intercepted')
      scope.done()
    } finally {
      nock.enableNetConnect()
      nock.restore()
      nock.activate()
    }
  })
})
