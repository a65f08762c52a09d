import {startControlPlane, runAuthCommand, type TestControlPlane} from '@llamactl/plugin-auth/testing'
import {expect} from 'chai'
import DeploymentsList from '../src/commands/deployments/list.js'

describe('deployments list', () => {
  const notes = {deployments: [{name: 'notes-1', status: 'Running', git_ref: 'main', secret_names: []}]}

  it('shows a line for each deployment', async () => {
    const {stdout, stderr, exitCode} = await runAuthCommand(DeploymentsList, [], {server: () => Response.json(notes)})
    expect(stdout).to.equal(`${'notes-1'.padEnd(24)}  Running   main\n`)
    expect([stderr, exitCode]).to.deep.equal(['', 0])
  })

  it('returns them, and prints nothing else under --json', async () => {
    const {stdout, result} = await runAuthCommand(DeploymentsList, ['--json'], {server: () => Response.json(notes)})
    expect(JSON.parse(stdout)).to.deep.equal(result)
    expect(result).to.deep.equal([{name: 'notes-1', status: 'Running', git_ref: 'main'}])
  })

  it('asks with the key and the project of the profile', async () => {
    const asked: (string | null)[] = []
    await runAuthCommand(DeploymentsList, [], {
      login: {apiKey: 'llx-of-this-test', projectId: 'prj-notes'},
      server({url, headers}) {
        asked.push(new URL(url).pathname, headers.get('authorization'), headers.get('project-id'))
        return Response.json(notes)
      },
    })
    expect(asked).to.deep.equal(['/api/v1beta1/deployments', 'Bearer llx-of-this-test', 'prj-notes'])
  })

  it('says so where there is none', async () => {
    const server = () => Response.json({deployments: []})
    const {stdout, stderr} = await runAuthCommand(DeploymentsList, [], {server})
    expect(stdout).to.equal('')
    expect(stderr).to.include('There is no deployment in project prj-test yet.')
  })

  it('fails with 4 where nobody is logged in', async () => {
    const {error, exitCode, stderr} = await runAuthCommand(DeploymentsList, ['--project-id', 'prj-notes'], {
      login: null,
    })
    expect([error?.code, exitCode]).to.deep.equal(['NOT_LOGGED_IN', 4])
    expect(stderr).to.include('acme auth login')
  })

  it('fails with 2 where no project was chosen', async () => {
    const {error, exitCode} = await runAuthCommand(DeploymentsList, [], {login: {projectId: null}})
    expect([error?.code, exitCode]).to.deep.equal(['INPUT_REQUIRED', 2])
  })

  it('calls an answer that is none by its endpoint', async () => {
    const {error} = await runAuthCommand(DeploymentsList, [], {server: () => Response.json({})})
    expect(error).to.include({code: 'SERVER_ERROR'})
    expect(error?.message).to.include('/api/v1beta1/deployments gave an answer that cannot be used: deployments is not')
  })

  describe('against a control plane that runs', () => {
    let server: TestControlPlane
    before(async () => {
      server = await startControlPlane()
    })
    after(() => server.close())

    it('lists those of the project', async () => {
      const {result} = await runAuthCommand<{name: string}[]>(DeploymentsList, ['--project-id', 'prj-flow'], {server})
      expect(result?.map(({name}) => name)).to.deep.equal(['flow-1', 'flow-2', 'flow-3'])
    })

    it('fails with 1 for a project that nobody knows', async () => {
      const {error, exitCode} = await runAuthCommand(DeploymentsList, ['--project-id', 'prj-none'], {server})
      expect([error?.code, exitCode]).to.deep.equal(['SERVER_ERROR', 1])
      expect(error?.message).to.include('Project not found')
    })

    it('fails with 4 where the key is not accepted', async () => {
      const login = {apiKey: 'llx-of-nobody'}
      const {error, exitCode} = await runAuthCommand(DeploymentsList, [], {server, login})
      expect([error?.code, exitCode]).to.deep.equal(['CREDENTIAL_REJECTED', 4])
    })
  })
})
