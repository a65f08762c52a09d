import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {type AddressInfo, connect} from 'node:net'
import {join} from 'node:path'
import {createServer} from 'node:tls'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {grace} from '../support/people.js'
import {createPrivateAuthority, type PrivateAuthority} from '../support/private-authority.js'
import {type ProxyOptions, startProxy, type TestProxy} from '../support/proxy.js'
import {recordingInto} from '../support/recorder.js'
import {createSandbox, type Failure, type Finished, type RunOptions, type Sandbox} from '../support/sandbox.js'
import {startTlsFront, type TlsFront} from '../support/tls-front.js'

const HOST = 'control.example.test'
const URL_OF_PLANE = `https://${HOST}`

describe('networks', () => {
  requireTools('openssl')
  let plane: DevControlPlane
  let authority: PrivateAuthority
  let stranger: PrivateAuthority
  let front: TlsFront
  let sandbox: Sandbox
  const proxies: TestProxy[] = []

  before(async () => {
    plane = await startDevControlPlane()
    authority = createPrivateAuthority('Acme Proxy CA')
    stranger = createPrivateAuthority('Somebody Else')
    front = await startTlsFront(plane.url, authority.issue(HOST))
  })
  after(async () => {
    front?.close()
    authority?.remove()
    stranger?.remove()
    await plane?.close()
  })
  beforeEach(() => {
    sandbox = createSandbox()
  })
  afterEach(() => {
    for (const proxy of proxies.splice(0)) proxy.stop()
    sandbox.remove()
  })

  async function proxy(options: Partial<ProxyOptions> = {}): Promise<TestProxy> {
    const started = await startProxy({routes: {[`${HOST}:443`]: front.port}, ...options})
    proxies.push(started)
    return started
  }

  const add = (env: Record<string, string>, args: string[] = [], options: RunOptions = {}): Promise<Finished> =>
    sandbox.run(['auth', 'env', 'add', URL_OF_PLANE, '--json', ...args], {env, ...options})

  function refused(finished: Finished, code = 'NETWORK_ERROR'): string {
    expect(finished.stdout, finished.stderr + finished.exitCode).not.to.equal('')
    const {error} = finished.json<Failure>()
    expect(error.code, error.message).to.equal(code)
    return [error.message, ...error.suggestions].join('\n')
  }

  const added = ({json, stdout, stderr}: Finished): void => {
    expect(json(), stdout + stderr).to.include({api_url: URL_OF_PLANE})
  }

  describe('straight to the server, in TLS', () => {
    let own: TlsFront
    before(async () => {
      own = await startTlsFront(plane.url, authority.issue('localhost'))
    })
    after(() => own.close())

    const ask = (args: string[], env: Record<string, string>, options: RunOptions = {}): Promise<Finished> =>
      sandbox.run(['auth', ...args, '--json'], {env, ...options})
    const addIt = (env: Record<string, string> = {}): Promise<Finished> =>
      ask(['env', 'add', `https://localhost:${own.port}`], env)

    const logsIn = async (env: Record<string, string>): Promise<void> => {
      expect((await addIt(env)).json()).to.include({api_url: `https://localhost:${own.port}`})
      const {exitCode, stderr} = await ask(['token', '--api-key', '-'], env, {stdin: grace.key})
      expect(exitCode, stderr).to.equal(0)
      expect(own.headers.at(-1)).to.include({authorization: `Bearer ${grace.key}`})
    }

    it('trusts whom NODE_EXTRA_CA_CERTS names, and logs in', () => logsIn({NODE_EXTRA_CA_CERTS: authority.file}))

    it('trusts whom SSL_CERT_FILE names, logs in, and loads no library for it (login case 106)', async () => {
      const file = join(sandbox.folder, 'modules')
      await logsIn({SSL_CERT_FILE: authority.file, ...recordingInto(file)})
      expect(readFileSync(file, 'utf8'))
        .to.contain('channel http.client.request.start')
        .and.not.match(/undici/)
      expect(refused(await addIt({SSL_CERT_FILE: stranger.file}))).to.contain('"Acme Proxy CA"')
    })

    it('refuses a certificate that nobody vouches for, and one for another name', async () => {
      const asked = own.headers.length
      expect(refused(await addIt())).to.contain('"Acme Proxy CA"')
      expect(refused(await addIt({NODE_EXTRA_CA_CERTS: stranger.file}))).to.contain(stranger.file)
      const env = {NODE_EXTRA_CA_CERTS: authority.file}
      const other = await ask(['env', 'add', `https://localhost:${front.port}`], env)
      expect(refused(other)).to.contain('it is for another name (ERR_TLS_CERT_ALTNAME_INVALID)')
      expect(own.headers).to.have.length(asked)
    })
  })

  describe('through a proxy', () => {
    it('that wants a password, to a server of a private authority: checks a key, and shows neither of them', async () => {
      const through = await proxy({password: 'ada:sword fish!'})
      const env = {
        HTTPS_PROXY: `http://ada:sword%20fish!@${through.host}`,
        NODE_EXTRA_CA_CERTS: authority.file,
        DEBUG: '*',
      }
      const first = await add(env)
      added(first)
      const token = await sandbox.run(['auth', 'token', '--api-key', '-', '--json'], {stdin: grace.key, env})
      expect(token.json(), token.stderr).to.include({name: grace.keyName, project_id: grace.project})
      expect(new Set(through.seen.map((seen) => JSON.stringify(seen)))).to.deep.equal(
        new Set([JSON.stringify({method: 'CONNECT', target: `${HOST}:443`, status: 200})]),
      )
      // Each of them has its own password, and not that of the other.
      expect(front.headers.at(-1)).to.have.property('authorization', `Bearer ${grace.key}`)
      expect(front.headers.at(-1)).not.to.have.property('proxy-authorization')
      const output = [first, token].map(({stdout, stderr}) => stdout + stderr).join('')
      expect(output).to.contain('oclif')
      for (const secret of ['sword', 'fish', grace.key, 'c3dvcmQ']) expect(output).not.to.contain(secret)
    })

    for (const variable of ['https_proxy', 'ALL_PROXY', 'all_proxy']) {
      it(`that ${variable} names, also without a scheme (login case 107)`, async () => {
        const through = await proxy()
        added(await add({[variable]: through.host, NODE_EXTRA_CA_CERTS: authority.file}))
        expect(through.seen).to.have.length(1)
      })
    }

    it('asks for http with the whole URL, and not through a tunnel', async () => {
      const through = await proxy({routes: {'plain.example.test:80': Number(new URL(plane.url).port)}})
      const finished = await sandbox.run(
        ['auth', 'env', 'add', 'http://plain.example.test', '--allow-http', '--json'],
        {
          env: {HTTP_PROXY: `http://${through.host}`},
        },
      )
      expect(through.seen[0]).to.include({method: 'GET', status: 200})
      expect(through.seen[0]?.target).to.match(/^http:\/\/plain\.example\.test\/api/)
      // The dev control plane answers to its own name only; this is it.
      expect(refused(finished, 'SERVER_ERROR')).to.contain('421')
    })

    it('never to this machine, whatever the variables say (login case 107)', async () => {
      const through = await proxy()
      const env = Object.fromEntries(
        ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY'].map((name) => [name, `http://${through.host}`]),
      )
      for (const url of [plane.url, plane.url.replace('127.0.0.1', 'localhost')]) {
        const {exitCode, stderr} = await sandbox.run(['auth', 'env', 'add', url], {env})
        expect(exitCode, stderr).to.equal(0)
      }

      expect(through.seen).to.deep.equal([])
    })

    it('not where NO_PROXY says so (login case 107)', async () => {
      const through = await proxy()
      const finished = await add({HTTPS_PROXY: through.host, NO_PROXY: 'other.test, .example.test'})
      // There is no such name, as nobody asked the proxy.
      expect(refused(finished)).to.match(/^https:\/\/control\.example\.test cannot be reached/)
      expect(through.seen).to.deep.equal([])
    })

    it('that refuses the password: names it and the variable, and tries no second time (login case 108)', async () => {
      const through = await proxy({password: 'ada:right'})
      const finished = await add({HTTPS_PROXY: `http://ada:wr0ng@${through.host}`})
      const text = refused(finished)
      expect(text)
        .to.contain(`The proxy ${through.host} (HTTPS_PROXY)`)
        .and.contain('407')
        .and.contain('did not accept')
      expect(finished.stdout + finished.stderr).not.to.contain('wr0ng')
      expect(through.seen).to.have.length(1)
    })

    it('that refuses a request for http: the same', async () => {
      const through = await proxy({password: 'ada:right'})
      const finished = await sandbox.run(
        ['auth', 'env', 'add', 'http://plain.example.test', '--allow-http', '--json'],
        {
          env: {http_proxy: `http://${through.host}`},
        },
      )
      expect(refused(finished)).to.contain(`The proxy ${through.host} (http_proxy) asks for a user name and password`)
      expect(through.seen).to.have.length(1)
    })

    it('that lets nobody through: says so', async () => {
      const through = await proxy({refuse: 403})
      expect(refused(await add({HTTPS_PROXY: `http://${through.host}`}))).to.contain(
        `The proxy ${through.host} (HTTPS_PROXY) did not let a connection through to ${HOST} (HTTP 403).`,
      )
    })

    it('that is spoken to in TLS, which the same authorities vouch for', async () => {
      const through = await proxy({password: 'ada:right'})
      const front = createServer(authority.issue('localhost'), (client) => {
        const onward = connect(Number(through.host.split(':')[1]), '127.0.0.1')
        for (const socket of [client, onward]) socket.on('error', () => undefined)
        client.pipe(onward).pipe(client)
      })
      await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
      const HTTPS_PROXY = `https://ada:right@localhost:${(front.address() as AddressInfo).port}`
      try {
        added(await add({HTTPS_PROXY, SSL_CERT_FILE: authority.file}))
        expect(refused(await add({HTTPS_PROXY, SSL_CERT_FILE: stranger.file}))).to.contain('(HTTPS_PROXY)')
        expect(through.seen).to.have.length(1)
      } finally {
        front.close()
      }
    })

    it('also to the identity provider (login case 107)', async () => {
      const through = await proxy()
      const env = {HTTPS_PROXY: `http://${through.host}`, SSL_CERT_FILE: authority.file}
      await add(env)
      const discovery_url = 'https://idp.example.test/.well-known/openid-configuration'
      plane.faults.add({path: /oidc\/discovery$/, body: {discovery_url, client_ids: {cli: 'cli'}}})
      const finished = await sandbox.run(['auth', 'login', '--json'], {env})
      // This proxy knows the control plane only.
      expect(refused(finished)).to.contain('let a connection through to idp.example.test (HTTP 502)')
      expect(through.seen.at(-1)).to.include({method: 'CONNECT', target: 'idp.example.test:443'})
    })

    it('that is not there: names the proxy, not the server', async () => {
      const gone = await proxy()
      gone.stop()
      const finished = await add({HTTPS_PROXY: `http://ada:s3cret@${gone.host}`})
      expect(refused(finished)).to.contain(`The proxy ${gone.host} (HTTPS_PROXY) cannot be reached (ECONNREFUSED).`)
      expect(finished.stdout + finished.stderr).not.to.contain('s3cret')
    })

    for (const [value, word] of [
      ['socks5://ada:s3cret@127.0.0.1:1080', 'SOCKS'],
      ['http://ada:s3cret@:::', 'not the URL of a proxy'],
    ] as const) {
      it(`that cannot be one is refused without being shown: ${word}`, async () => {
        const finished = await add({ALL_PROXY: value})
        expect(refused(finished, 'USAGE')).to.contain(`ALL_PROXY`).and.contain(word)
        expect(finished.stdout + finished.stderr).not.to.contain('s3cret')
      })
    }
  })

  describe('a server that a private authority vouches for', () => {
    let through: TestProxy
    beforeEach(async () => {
      through = await proxy()
    })

    const behind = (env: Record<string, string>): Record<string, string> => ({
      HTTPS_PROXY: `http://${through.host}`,
      ...env,
    })

    it('is trusted by NODE_EXTRA_CA_CERTS (login case 106)', async () =>
      added(await add(behind({NODE_EXTRA_CA_CERTS: authority.file}))))

    it('is trusted by SSL_CERT_FILE (login case 106)', async () =>
      added(await add(behind({SSL_CERT_FILE: authority.file}))))

    it('is trusted by NODE_EXTRA_CA_CERTS also beside SSL_CERT_FILE, which takes nothing away', async () =>
      added(await add(behind({NODE_EXTRA_CA_CERTS: authority.file, SSL_CERT_FILE: stranger.file}))))

    it('is trusted by SSL_CERT_DIR', async () => {
      const folder = join(sandbox.folder, 'certificates')
      mkdirSync(folder)
      execFileSync('cp', [authority.file, join(folder, '0a1b2c3d.0')])
      added(await add(behind({SSL_CERT_DIR: `/nowhere:${folder}`})))
    })

    it('is not trusted by itself: names who signed, and the ways out (login case 106)', async () => {
      const text = refused(await add(behind({})))
      expect(text).to.contain(`signed by "Acme Proxy CA", which this computer does not trust`)
      expect(text).to.contain('NODE_EXTRA_CA_CERTS').and.contain('--native-tls').and.contain(through.host)
      // One request, and one look at the certificate: another try would change nothing.
      expect(through.seen).to.have.length(2)
      expect(sandbox.files()).to.deep.equal({})
    })

    it('is not trusted by the certificate of another authority, and the variable is told', async () => {
      const text = refused(await add(behind({NODE_EXTRA_CA_CERTS: stranger.file})))
      expect(text).to.contain('"Acme Proxy CA"').and.contain(stranger.file)
      refused(await add(behind({SSL_CERT_FILE: stranger.file})))
    })

    it('is not trusted under another name', async () => {
      const other = await proxy({routes: {'other.example.test:443': front.port}})
      const finished = await sandbox.run(['auth', 'env', 'add', 'https://other.example.test', '--json'], {
        env: {HTTPS_PROXY: `http://${other.host}`, SSL_CERT_FILE: authority.file},
      })
      expect(refused(finished)).to.contain('it is for another name (ERR_TLS_CERT_ALTNAME_INVALID)')
    })

    for (const [what, variable] of [
      ['that is not there', 'SSL_CERT_FILE'],
      ['that is empty', 'SSL_CERT_FILE'],
      ['that is no certificate', 'SSL_CERT_FILE'],
      ['that is a folder', 'SSL_CERT_FILE'],
      ['that is not there', 'SSL_CERT_DIR'],
    ] as const) {
      it(`is not asked with ${variable} naming a place ${what}`, async () => {
        const path = join(sandbox.folder, 'certificates.pem')
        if (what === 'that is a folder') mkdirSync(path)
        if (what === 'that is empty') writeFileSync(path, '')
        if (what === 'that is no certificate')
          writeFileSync(path, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
        const text = refused(await add(behind({[variable]: path})), 'USAGE')
        expect(text).to.contain(variable).and.contain(path)
        expect(through.seen).to.deep.equal([])
      })
    }

    it('is asked with NODE_EXTRA_CA_CERTS naming no file, and that is told only when it matters', async () => {
      const env = {NODE_EXTRA_CA_CERTS: join(sandbox.folder, 'nothing.pem')}
      added(await add(behind({...env, SSL_CERT_FILE: authority.file})))
      expect(refused(await add(behind(env)))).to.contain('nothing.pem, where no certificate can be read')
    })
  })

  describe('what the system trusts', () => {
    const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
    const canMount = spawnSync('unshare', ['--mount', 'mount', '--bind', '/etc/hosts', BUNDLE]).status === 0
    requireThat(canMount, `needs unshare, the right to mount, and ${BUNDLE}`)

    /** Sees another bundle in place of the computer's. */
    const trusting = (file: string): RunOptions => ({
      through: ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" "$1" && shift && exec "$@"', file, BUNDLE],
    })

    it('is trusted with --native-tls and with LLAMA_DEPLOY_USE_TRUSTSTORE, and otherwise not (login case 106)', async () => {
      const through = await proxy()
      const env = {HTTPS_PROXY: `http://${through.host}`}
      refused(await add(env, [], trusting(authority.file)))
      added(await add(env, ['--native-tls'], trusting(authority.file)))
      for (const name of ['LLAMA_DEPLOY_USE_TRUSTSTORE', 'LLAMACTL_NATIVE_TLS'])
        added(await add({...env, [name]: 'True'}, [], trusting(authority.file)))
      const text = refused(await add(env, ['--native-tls'], trusting(stranger.file)))
      expect(text).to.contain('"Acme Proxy CA"').and.not.contain('--native-tls')
    })
  })
})
