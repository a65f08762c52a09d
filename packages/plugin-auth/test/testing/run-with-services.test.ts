import {dirname} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {createAuditLog} from '../../src/audit/audit-log.js'
import AuthList from '../../src/commands/auth/list.js'
import AuthLogout from '../../src/commands/auth/logout.js'
import AuthSwitch from '../../src/commands/auth/switch.js'
import {DEFAULT_API_URL} from '../../src/environments/api-url.js'
import {createEnvironmentStore} from '../../src/environments/environment-store.js'
import {createFolderBindingStore} from '../../src/identity/folder-binding-store.js'
import {createProfileStore} from '../../src/profiles/profile-store.js'
import type {AuthServices} from '../../src/services.js'
import {createFolder} from '../../src/storage/folder.js'
import {CANCEL, createScriptedPrompter, nonInteractivePrompter} from '../../src/testing/index.js'
import {runWithServices} from '../../src/testing/run-with-services.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('a command under test', () => {
  const temporary = useTemporaryFolder()
  let kept: Record<string, string | undefined>
  beforeEach(() => {
    kept = {LLAMA_CLOUD_BASE_URL: process.env['LLAMA_CLOUD_BASE_URL']}
    delete process.env['LLAMA_CLOUD_BASE_URL']
  })
  afterEach(() => {
    for (const [name, value] of Object.entries(kept)) if (value !== undefined) process.env[name] = value
  })

  const services = (): Pick<AuthServices, 'environments' | 'profiles' | 'bindings' | 'workingFolder' | 'audit'> => {
    const folder = createFolder({path: temporary(), warn() {}})
    return {
      environments: createEnvironmentStore(folder, () => {}),
      bindings: createFolderBindingStore(folder, dirname, () => {}),
      workingFolder: temporary,
      profiles: createProfileStore(
        folder,
        () => 'here',
        () => {},
      ),
      audit: async () => createAuditLog(folder.log('audit'), {isOn: true}),
    }
  }
  const haveProfiles = async () => {
    const {profiles} = services()
    for (const name of ['ada', 'bob']) {
      await profiles.save(DEFAULT_API_URL, {
        id: `id-${name}`,
        name,
        project_id: 'prj-1',
        auth_type: 'token',
        credential: {store: 'file', engine: 'plain', service: 'test', account: name},
      })
    }

    await profiles.setCurrent(DEFAULT_API_URL, 'id-ada')
  }
  const run = (
    command: typeof AuthList | typeof AuthSwitch | typeof AuthLogout,
    argv: string[],
    fakes: Partial<AuthServices> = {},
  ) => runWithServices(command, argv, {...services(), ...fakes}, {root, bin: 'acme'})

  /** Under another name, a command never speaks of llamactl. */
  const itself = <R extends {stdout: string; stderr: string}>(outcome: R): R => {
    expect(outcome.stdout + outcome.stderr).not.to.match(/llamactl/i)
    return outcome
  }

  describe('auth list', () => {
    it('prints and returns the profiles, and marks the current one', async () => {
      await haveProfiles()
      const {result, stdout, stderr, error} = itself(await run(AuthList, []))
      expect(error).to.equal(undefined)
      expect(result).to.have.length(2)
      expect(stdout).to.equal(
        [
          '   NAME  PROJECT_ID  AUTH   STORE',
          '*  ada   prj-1       token  file',
          '   bob   prj-1       token  file',
          '',
        ].join('\n'),
      )
      expect(stderr).to.equal('')
    })

    it('prints JSON alone', async () => {
      await haveProfiles()
      const {result, stdout, stderr} = itself(await run(AuthList, ['--json']))
      expect(JSON.parse(stdout)).to.deep.equal(result)
      expect(stderr).to.equal('')
    })

    it('names the host’s own command where there is no profile', async () => {
      const {stdout, stderr} = itself(await run(AuthList, []))
      expect(stdout).to.equal('')
      expect(stderr).to.include('acme auth login')
    })
  })

  describe('auth switch', () => {
    it('switches to the profile that a person chooses', async () => {
      await haveProfiles()
      const prompter = createScriptedPrompter([{question: 'Which profile?', answer: 'bob'}])
      const {result, stdout} = itself(await run(AuthSwitch, [], {prompter}))
      expect(result).to.include({name: 'bob', active: true})
      expect(stdout).to.include('Switched to profile bob')
      expect((await services().profiles.current(DEFAULT_API_URL))?.name).to.equal('bob')
      expect(prompter.asked[0]).to.deep.include({kind: 'select', labels: ['ada', 'bob']})
      expect(prompter.asked[0]!.initial).to.include({name: 'ada'})
      expect(prompter.rest()).to.deep.equal([])
    })

    it('changes nothing when that person presses Esc', async () => {
      await haveProfiles()
      const prompter = createScriptedPrompter([{question: 'Which profile?', answer: CANCEL}])
      const {error, result} = itself(await run(AuthSwitch, [], {prompter}))
      expect(error).to.include({code: 'CANCELLED', exitCode: 130})
      expect(result).to.equal(undefined)
      expect((await services().profiles.current(DEFAULT_API_URL))?.name).to.equal('ada')
    })

    it('suggests the host’s own command where nobody can be asked', async () => {
      await haveProfiles()
      const {error, stderr, stdout} = itself(await run(AuthSwitch, [], {prompter: nonInteractivePrompter()}))
      expect(error).to.include({code: 'INPUT_REQUIRED', exitCode: 2})
      expect(stderr).to.include('acme auth switch NAME')
      expect(stdout).to.equal('')
    })

    it('puts an error into JSON', async () => {
      await haveProfiles()
      const {stdout, stderr} = itself(await run(AuthSwitch, ['carol', '--json'], {prompter: nonInteractivePrompter()}))
      const {error} = JSON.parse(stdout) as {error: {code: string; suggestions: string[]}}
      expect(error.code).to.equal('PROFILE_NOT_FOUND')
      expect(error.suggestions.join()).to.include('acme auth list')
      expect(stderr).to.equal('')
    })
  })

  describe('that touches a service nobody mentioned', () => {
    it('fails, and names the service', async () => {
      await haveProfiles()
      const {error} = itself(await run(AuthSwitch, []))
      expect(error?.message).to.include('Unexpected use of services.prompter')
    })

    it('fails also where it passes services on', async () => {
      await haveProfiles()
      const {error} = itself(await run(AuthLogout, ['ada'], {prompter: nonInteractivePrompter()}))
      expect(error?.message).to.match(/Unexpected use of services\.\w+/)
      expect(await services().profiles.list(DEFAULT_API_URL)).to.have.length(2)
    })
  })

  it('leaves the process as it was', async () => {
    const before = [process.stdout.write, process.stderr.write, process.exitCode, process.listenerCount('SIGINT')]
    await run(AuthSwitch, ['carol', '--json'], {prompter: nonInteractivePrompter()})
    await run(AuthSwitch, ['carol', '--nonsense'])
    expect([
      process.stdout.write,
      process.stderr.write,
      process.exitCode,
      process.listenerCount('SIGINT'),
    ]).to.deep.equal(before)
  })
})
