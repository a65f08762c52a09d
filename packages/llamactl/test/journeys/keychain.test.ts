import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS, type SecretService} from '../../../plugin-auth/test/support/secret-service.js'
import {useKeychain} from '../support/keychain-sandbox.js'
import {logIn} from '../support/log-in.js'
import {grace} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

describe('with a real keychain', () => {
  requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')

  let plane: DevControlPlane
  let keychain: SecretService
  let sandbox: Sandbox

  useKeychain((started) => ({plane, keychain, sandbox} = started))

  const reference = () => {
    const [, text = '{}'] = Object.entries(sandbox.files()).find(([name]) => name.includes('/profiles/')) ?? []
    return (JSON.parse(text) as {credential: {store: string; engine: string; service: string; account: string}})
      .credential
  }
  const lookup = () =>
    spawnSync('secret-tool', ['lookup', 'service', reference().service, 'account', reference().account], {
      env: keychain.env,
      encoding: 'utf8',
    }).stdout

  it('keeps the key there and nowhere else, filed under the host and the profile (case 1)', async () => {
    const result = await sandbox.run(['auth', 'token', '--api-key', '-', '--json'], {stdin: grace.key})
    expect(result.json()).to.include({credential_store: 'keychain'})
    expect(reference()).to.include({store: 'keychain', engine: 'keytar', service: 'llamactl'})
    expect(JSON.parse(lookup())).to.deep.equal({api_key: grace.key})
    expect(Object.values(sandbox.files()).join()).not.to.contain(grace.key)
  })

  it('logs in with a browser, chooses a project, and logs out without leaving anything', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    expect(JSON.parse(lookup())).to.have.all.keys('api_key', 'refresh_token')
    const {service, account} = reference()
    expect((await sandbox.run(['auth', 'project', grace.project])).exitCode).to.equal(0)
    const result = await sandbox.run(['auth', 'logout', grace.email, '--json'])
    expect(result.json()).to.have.nested.property('profiles[0].revoked', true)
    const left = spawnSync('secret-tool', ['lookup', 'service', service, 'account', account], {env: keychain.env})
    expect(left.stdout.toString()).to.equal('')
  })

  it('keeps the device code of a login in two steps there too, until it is finished, locked keychains included', async () => {
    const search = () =>
      spawnSync('secret-tool', ['search', '--all', '--unlock', 'service', 'llamactl'], {
        env: keychain.env,
        encoding: 'utf8',
      }).stdout
    const started = (await sandbox.run(['auth', 'login', '--start', '--json'])).json<{
      verification_uri_complete: string
      resume: string
    }>()
    expect(search()).to.contain('device_code')
    expect(Object.values(sandbox.files()).join()).not.to.contain('device_code')
    const resume = () => sandbox.run(['auth', 'login', '--resume', started.resume, '--json'])
    await plane.approve(started.verification_uri_complete, {user: grace.email})
    keychain.lock()
    expect((await resume()).json<Failure>().error.code).to.equal('KEYCHAIN_LOCKED')
    await keychain.unlock()
    expect((await resume()).json()).to.include({name: grace.email, credential_store: 'keychain'})
    expect(search()).not.to.contain('device_code')
  })

  it('renews a login in an entry of its own and deletes the earlier one', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    const earlier = reference()
    await logIn(sandbox, plane, {user: grace.email})
    expect(reference().account).not.to.equal(earlier.account)
    expect(JSON.parse(lookup())).to.have.all.keys('api_key', 'refresh_token')
    const old = spawnSync('secret-tool', ['lookup', 'service', earlier.service, 'account', earlier.account], {
      env: keychain.env,
    })
    expect(old.stdout.toString()).to.equal('')
  })

  it('calls a locked keychain locked, never logged out, and keeps the profile (cases 10, 14)', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    keychain.lock()
    for (const args of [
      ['project', grace.project],
      ['logout', grace.email],
      ['token', '--api-key', grace.key],
    ]) {
      const result = await sandbox.run(['auth', ...args, '--json'])
      expect(result.exitCode, args.join(' ')).to.equal(5)
      expect(result.json<Failure>().error.code, args.join(' ')).to.equal('KEYCHAIN_LOCKED')
    }

    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.have.length(1)
    await keychain.unlock()
    expect((await sandbox.run(['auth', 'project', grace.project])).exitCode).to.equal(0)
  })

  it('forgets a profile whose entry cannot be deleted only with --force, and says where the entry is (case 14)', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    const {account} = reference()
    keychain.lock()
    const refused = await sandbox.run(['auth', 'logout', grace.email])
    expect(refused.exitCode).to.equal(5)
    expect(refused.stderr).to.contain(account).and.to.contain('--force')
    const forced = await sandbox.run(['auth', 'logout', grace.email, '--force', '--json'])
    expect(forced.exitCode).to.equal(0)
    expect(forced.json()).to.have.nested.property('profiles[0].revoked', false)
    expect(forced.stderr).to.contain(account)
    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.deep.equal([])
  })

  it('ends within its deadline when the keychain stops answering (case 15)', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    keychain.freeze()
    const started = Date.now()
    const result = await sandbox.run(['auth', 'project', grace.project, '--json'], {
      env: {LLAMACTL_KEYCHAIN_TIMEOUT: '1'},
    })
    expect(result.exitCode).to.equal(5)
    expect(result.json<Failure>().error.code).to.equal('KEYCHAIN_TIMEOUT')
    expect(Date.now() - started).to.be.lessThan(5000)
  })

  it('is asked for by no command that needs no secret', async () => {
    await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
    keychain.freeze()
    for (const args of [['list'], ['switch', grace.keyName], ['env', 'list'], ['env', 'switch', plane.url]]) {
      expect((await sandbox.run(['auth', ...args])).exitCode, args.join(' ')).to.equal(0)
    }
  })

  it('keeps a key in the file store when --insecure-storage asks for it', async () => {
    const result = await sandbox.run(['auth', 'token', '--api-key', '-', '--insecure-storage', '--json'], {
      stdin: grace.key,
    })
    expect(result.json()).to.include({credential_store: 'file'})
  })
})

describe('without a keychain', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox({LLAMACTL_CREDENTIAL_STORE: 'auto'})
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })

  for (const args of [['token', '--api-key', grace.key], ['login']]) {
    it(`exits 5 before it asks the server anything, with the reason and every way out: auth ${args[0]} (case 2) (login case 84)`, async () => {
      const requests = plane.requests.length
      const result = await sandbox.run(['auth', ...args, '--json'])
      expect(result.exitCode).to.equal(5)
      const {error} = result.json<Failure>()
      expect(error.code).to.equal('KEYCHAIN_UNAVAILABLE')
      expect(error.suggestions.join('\n')).to.contain('--insecure-storage')
      expect(error.suggestions.join('\n')).to.contain('LLAMACTL_CREDENTIAL_STORE=file')
      expect(error.suggestions.join('\n')).to.contain('LLAMA_CLOUD_API_KEY')
      expect(plane.requests.length).to.equal(requests)
    })
  }
})
