import {type ApprovalOptions, type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {grace} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Failure, type Running, type Sandbox} from '../support/sandbox.js'

describe('auth login --web', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  async function useServer(options: Parameters<typeof startDevControlPlane>[0] = {}): Promise<void> {
    plane = await startDevControlPlane({algorithm: 'ES256', ...options})
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  }
  afterEach(async () => {
    sandbox.remove()
    await plane.close()
  })

  const pageOf = async (login: Running): Promise<URL> => {
    const [, page = ''] = await login.stderrShows(/\n {4}(http\S+)\n/)
    return new URL(page)
  }

  async function logIn(approval: ApprovalOptions) {
    const login = sandbox.start(['auth', 'login', '--web', '--json'])
    const page = await pageOf(login)
    const lastPage = await plane.approveRequest(page, {user: grace.email, ...approval})
    return {result: await login.finished, lastPage}
  }

  it('logs in as the device flow does, and leaves no state, code or token in a file (login case 102)', async () => {
    await useServer()
    const {result, lastPage} = await logIn({decision: 'allow'})
    expect(result.stderr).to.contain('works in a browser on it only').and.to.contain('\n    llamactl auth login\n')
    expect(result.json()).to.deep.equal({
      name: grace.email,
      api_url: plane.url,
      project_id: grace.project,
      active: true,
      auth_type: 'oidc',
      credential_store: 'file',
    })
    expect(result.exitCode).to.equal(0)
    expect(lastPage.markup).to.contain('Back to the terminal')
    expect(plane.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.have.length(1)
    const files = Object.values(sandbox.files()).join()
    for (const secret of ['code', 'state']) expect(files).not.to.contain(lastPage.url.searchParams.get(secret))
    expect(plane.requests.some(({path}) => path === '/oidc/auth')).to.equal(true)
    expect(plane.requests.filter(({path}) => path.includes('/device'))).to.deep.equal([])
  })

  it('says in both places that the person denied it, and keeps nothing (login case 102)', async () => {
    await useServer()
    const {result, lastPage} = await logIn({decision: 'deny'})
    expect(result.json<Failure>().error.code).to.equal('LOGIN_DENIED')
    expect(result.exitCode).to.equal(1)
    expect(lastPage.markup).to.contain('Not logged in')
    expect(Object.keys(sandbox.files()).filter((name) => /^credentials|profiles/.test(name))).to.deep.equal([])
  })

  it('tells beforehand what to do about an error page, and at Ctrl-C listens no longer (login case 105)', async () => {
    await useServer({webLogin: false})
    const login = sandbox.start(['auth', 'login', '--web', '--json'])
    const page = await pageOf(login)
    expect((await plane.approveRequest(page)).status).to.equal(400)
    await login.stderrShows(/if the page shows an error,\npress Ctrl-C .*\n\n {4}llamactl auth login\n/)
    login.process.kill('SIGINT')
    const result = await login.finished
    expect(result.exitCode).to.equal(130)
    expect(result.json<Failure>().error.code).to.equal('CANCELLED')
    const callback = await fetch(page.searchParams.get('redirect_uri') as string).catch((error: unknown) => error)
    expect(callback).to.be.instanceOf(Error)
  })

  it('names the other way where the provider announces no code flow', async () => {
    await useServer()
    const path = '/oidc/.well-known/openid-configuration'
    const metadata = (await (await fetch(plane.url + path)).json()) as object
    plane.faults.add({path, body: {...metadata, response_types_supported: ['id_token']}})
    const result = await sandbox.run(['auth', 'login', '--web', '--json'])
    expect(result.exitCode).to.equal(1)
    expect(result.json<Failure>().error).to.deep.include({code: 'LOGIN_NOT_SUPPORTED'})
    expect(result.json<Failure>().error.suggestions[0]).to.match(/^llamactl auth login {2}/)
    expect(plane.requests.filter(({path}) => path === '/oidc/auth')).to.deep.equal([])
  })

  it('goes together with no flag that belongs to the code', async () => {
    await useServer()
    for (const flags of [['--start'], ['--qr'], ['--resume', 'x']]) {
      expect((await sandbox.run(['auth', 'login', '--web', ...flags])).exitCode, flags[0]).to.equal(2)
    }
  })
})
