import {Args, type Command, Flags} from '@oclif/core'
import {expect} from 'chai'
import {inspect} from 'node:util'
import {AuthCommand, AuthError, type Credential, type Identity} from '../../src/index.js'
import {CANCEL, createScriptedPrompter, runAuthCommand, type RunOptions} from '../../src/testing/index.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {readdirSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

class Who extends AuthCommand<typeof Who> {
  static override args = {name: Args.string()}
  static override flags = {deep: Flags.boolean()}

  async run(): Promise<{identity: Identity; name: string | undefined; deep: boolean}> {
    this.log(this.identity.profile ?? 'nobody')
    return {identity: this.identity, name: this.args.name, deep: this.flags.deep}
  }
}

const run = (command: typeof Command, argv: string[] = [], options: RunOptions = {}) =>
  runAuthCommand(command, argv, {root, bin: 'acme', ...options})

describe('a command that extends AuthCommand', () => {
  it('has its own flags and arguments beside those of an identity', async () => {
    const {result, stdout} = await run(Who, ['x', '--deep', '--project', 'prj-2'])
    expect(stdout).to.equal('ada@example.com\n')
    expect(result).to.deep.equal({
      identity: {
        apiUrl: 'https://control-plane.test',
        profile: 'ada@example.com',
        authType: 'token',
        projectId: 'prj-2',
      },
      name: 'x',
      deep: true,
    })
  })

  it('is nobody where nobody is logged in, and fails only when it needs somebody', async () => {
    const {result, exitCode} = await run(Who, [], {login: null})
    expect(exitCode).to.equal(0)
    expect(result).to.have.nested.property('identity.profile', null)
  })

  it('takes the key of a variable, with a project beside it', async () => {
    const env = {LLAMA_CLOUD_API_KEY: 'llx-of-a-variable', LLAMA_AGENTS_PROJECT_ID: 'prj-ci'}
    const {result} = await run(Who, [], {env})
    expect(result).to.have.property('identity').that.includes({authType: 'token', profile: null, projectId: 'prj-ci'})
  })

  it('refuses a flag that it does not have in one JSON document, with exit code 2', async () => {
    const {stdout, stderr, exitCode, error} = await run(Who, ['--nonsense', '--json'])
    expect((JSON.parse(stdout) as {error: {code: string}}).error.code).to.equal('USAGE')
    expect([stderr, exitCode]).to.deep.equal(['', 2])
    expect(error).to.be.instanceOf(Error)
  })

  it('shows an AuthError with the host’s own command', async () => {
    class Fails extends AuthCommand {
      async run(): Promise<never> {
        throw new AuthError('NOT_LOGGED_IN', 'Nobody is here.', [`Try: ${this.commandLine('auth:login', '--web')}`])
      }
    }
    const {stderr, exitCode} = await run(Fails)
    expect(stderr).to.include('Nobody is here.').and.include('acme auth login --web').and.include('NOT_LOGGED_IN')
    expect(exitCode).to.equal(4)
  })

  it('leaves to oclif what this.error() throws, with its exit code, in text and in JSON', async () => {
    class Fails extends AuthCommand {
      async run(): Promise<never> {
        return this.error('Mine.', {code: 'OF_MINE', exit: 7, suggestions: ['Do this.']})
      }
    }
    const text = await run(Fails)
    expect([text.exitCode, text.error?.message]).to.deep.equal([7, 'Mine.'])
    const json = await run(Fails, ['--json'])
    expect(json.exitCode).to.equal(7)
    expect(JSON.parse(json.stdout)).to.deep.equal({
      error: {code: 'OF_MINE', message: 'Mine.', suggestions: ['Do this.']},
    })
  })

  it('can have members of any name that is ours inside', async () => {
    class Mine extends AuthCommand {
      services = 'mine'
      environment = 'mine'
      cancellation = 'mine'
      variables = 'mine'
      protected print(): string {
        return 'mine'
      }

      async run(): Promise<string[]> {
        await this.client.me()
        return [this.services, this.environment, this.cancellation, this.variables, this.print()]
      }
    }
    const {result, error} = await run(Mine, [], {server: () => Response.json({id: 'user-1'})})
    expect(error).to.equal(undefined)
    expect(result).to.deep.equal(['mine', 'mine', 'mine', 'mine', 'mine'])
  })

  it('gets a secret that prints as nothing, until it is revealed', async () => {
    class Reveals extends AuthCommand {
      async run(): Promise<{shown: string[]; revealed: string | undefined}> {
        const credential: Credential = await this.requireCredential()
        const {apiKey} = credential
        return {shown: [`${apiKey}`, JSON.stringify(credential), inspect(credential)], revealed: apiKey?.reveal()}
      }
    }
    const {result} = await run(Reveals, [], {login: {apiKey: 'llx-only-when-revealed'}})
    const {shown, revealed} = result as {shown: string[]; revealed: string}
    expect(shown.join()).not.to.include('llx-only')
    expect(revealed).to.equal('llx-only-when-revealed')
  })

  it('has no access token where the login has none', async () => {
    class Asks extends AuthCommand {
      async run(): Promise<unknown> {
        return (await this.requireCredential()).accessToken()
      }
    }
    expect((await run(Asks)).error).to.include({code: 'USAGE'})
  })

  it('asks a person, who may press Esc', async () => {
    class Asks extends AuthCommand {
      async run(): Promise<{answer: boolean}> {
        return {answer: await this.prompter.confirm('Really?')}
      }
    }
    const yes = createScriptedPrompter([{question: 'Really?', answer: true}])
    expect((await run(Asks, [], {prompter: yes})).result).to.deep.equal({answer: true})
    const escape = createScriptedPrompter([{question: 'Really?', answer: CANCEL}])
    expect(await run(Asks, [], {prompter: escape})).to.include({exitCode: 130})
  })

  describe('under test', () => {
    const home = useTemporaryFolder()

    it('is refused a request that the test did not mention', async () => {
      class Asks extends AuthCommand {
        async run(): Promise<unknown> {
          return this.fetch('/api/v1/anything')
        }
      }
      const {error} = await run(Asks)
      expect(error?.message).to.include('Unexpected request: GET https://control-plane.test/api/v1/anything')
    })

    it('leaves home, variables, exit code and streams as they were', async () => {
      const before = [process.stdout.write, process.exitCode, process.listenerCount('SIGINT'), process.env['HOME']]
      await run(Who, [], {env: {HOME: home(), XDG_CONFIG_HOME: home()}})
      await run(Who, ['--nonsense'], {env: {HOME: home()}})
      expect(readdirSync(home())).to.deep.equal([])
      expect([
        process.stdout.write,
        process.exitCode,
        process.listenerCount('SIGINT'),
        process.env['HOME'],
      ]).to.deep.equal(before)
    })
  })
})
