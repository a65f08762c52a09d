import {expect} from 'chai'
import {engineOf, reaching} from '../../support/keychain-sandbox.js'
import {grace} from '../../support/people.js'
import {createSandbox, type Sandbox} from '../../support/sandbox.js'
import type {Surroundings} from './use-registry.js'

export interface Expected {
  /** More variables for the CLI. */
  env?: Record<string, string>
  /** What the person does before the `auth` commands are there. */
  first?: (sandbox: Sandbox) => Promise<void>
  /** The one that keeps the key; absent: keytar, the first of them. */
  engine?: string
}

/** Logs in with an API key through an installed CLI, and sees which engine keeps it in a real keychain. */
export async function expectKeychain(
  {plane, keychain}: Surroundings,
  cli: string[],
  {env = {}, first, engine = 'keytar'}: Expected = {},
): Promise<void> {
  const sandbox = createSandbox({LLAMACTL_CREDENTIAL_STORE: '', ...reaching(keychain), ...env}, cli)
  try {
    expect((await sandbox.run(['--version'])).stdout).to.match(/^\S+\/\d+\.\d+\.\d+ /)
    await first?.(sandbox)
    const added = await sandbox.run(['auth', 'env', 'add', plane.url])
    expect(added.exitCode, added.stderr).to.equal(0)
    const login = await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
    expect(login.exitCode, login.stderr).to.equal(0)
    expect(engineOf(sandbox)).to.equal(engine)
    const list = await sandbox.run(['auth', 'list', '--json'])
    expect(list.json()).to.have.nested.property('[0].name', grace.keyName)
  } finally {
    sandbox.remove()
  }
}
