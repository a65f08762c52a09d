import {expect} from 'chai'
import {existsSync, readdirSync} from 'node:fs'
import {requireThat} from '../../../../plugin-auth/test/support/requires.js'
import {grace} from '../../support/people.js'
import {createSandbox, type Failure, type Sandbox} from '../../support/sandbox.js'

describe('what the CLI stands in', () => {
  let sandbox: Sandbox

  beforeEach(() => {
    sandbox = createSandbox()
  })
  afterEach(() => sandbox.remove())

  const token = (env: Record<string, string>) =>
    sandbox.run(['auth', 'token', '--api-key', '-', '--json'], {stdin: grace.key, env})

  describe('as a disk that is full', () => {
    requireThat(existsSync('/dev/full'), 'needs /dev/full')

    for (const args of [
      ['auth', 'env', 'list'],
      ['auth', 'list', '--json'],
      ['auth', 'list', '--help'],
    ]) {
      it(`is told in one line by ${args.join(' ')} where standard output goes there`, async () => {
        const {exitCode, stderr} = await sandbox.run(args, {through: ['sh', '-c', 'exec "$@" > /dev/full', 'sh']})
        expect(exitCode).to.equal(1)
        expect(stderr).to.contain('Error: llamactl cannot write to standard output (ENOSPC).\n')
        expect(stderr).not.to.match(/^\s+at /m)
      })
    }
  })

  describe('without a home', () => {
    requireThat(process.platform !== 'win32', 'needs a system whose home is HOME')
    const homeless = {HOME: '', XDG_CONFIG_HOME: ''}

    it('is refused by every command, and nothing is kept in the folder that all share', async () => {
      for (const args of [['list'], ['env', 'list'], ['switch', 'ada'], ['logout', '--all']]) {
        const result = await sandbox.run(['auth', ...args, '--json'], {env: {...homeless, TMPDIR: sandbox.folder}})
        expect([result.exitCode, result.json<Failure>().error.code]).to.deep.equal([1, 'STORAGE_ERROR'])
        expect(result.json<Failure>().error.suggestions.join()).to.contain('LLAMACTL_CONFIG_DIR')
      }

      expect(readdirSync(sandbox.folder)).not.to.include('.config')
    })

    it('works with a folder that is named', async () => {
      const named: Record<string, string>[] = [
        {LLAMACTL_CONFIG_DIR: sandbox.configFolder},
        {XDG_CONFIG_HOME: sandbox.folder},
        {HOME: sandbox.folder},
      ]
      for (const env of named) {
        const {exitCode, stderr} = await sandbox.run(['auth', 'list'], {env: {...homeless, ...env}})
        expect(exitCode, stderr).to.equal(0)
      }
    })
  })

  for (const seconds of ['abc', '0', '-1', '3s', 'Infinity', '9999999']) {
    it(`is refused by its name where the time for the keychain is ${seconds}`, async () => {
      const result = await token({LLAMACTL_KEYCHAIN_TIMEOUT: seconds})
      const {code, message, suggestions} = result.json<Failure>().error
      expect([result.exitCode, code]).to.deep.equal([2, 'USAGE'])
      expect(message).to.contain(`LLAMACTL_KEYCHAIN_TIMEOUT is ${seconds};`)
      expect(suggestions.join()).to.contain('LLAMACTL_KEYCHAIN_TIMEOUT=10')
    })
  }

  for (const asked of [['-o', 'json'], ['-o=json'], ['-ojson'], ['--output', 'json'], ['--output=json']]) {
    it(`is told in JSON as well where a line with ${asked.join(' ')} is wrong`, async () => {
      const result = await sandbox.run(['auth', 'list', ...asked, '--colour'])
      expect([result.exitCode, result.json<Failure>().error.code]).to.deep.equal([2, 'USAGE'])
    })
  }

  it('is told in text where JSON is asked for behind --, or in no way there is', async () => {
    for (const args of [
      ['--colour', '--', '-o', 'json'],
      ['--colour', '-o', 'jsonl'],
    ]) {
      const {exitCode, stdout, stderr} = await sandbox.run(['auth', 'list', ...args])
      expect([exitCode, stdout]).to.deep.equal([2, ''])
      expect(stderr).to.contain('USAGE')
    }
  })
})
