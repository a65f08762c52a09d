import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {logIn} from '../support/log-in.js'
import {ada, grace} from '../support/people.js'
import {prepare, prepareToken} from '../support/prepare.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

describe('the profiles of an environment', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(async () => {
    sandbox.remove()
    await plane.close()
  })

  const run = (...args: string[]) => sandbox.run(['auth', ...args])
  const token = (key: string, ...args: string[]) =>
    sandbox.run(['auth', 'token', '--api-key', '-', ...args], {stdin: key})
  const active = async () =>
    (await run('list', '--json')).json<{name: string; active: boolean}[]>().find((profile) => profile.active)?.name

  describe('auth list', () => {
    it('says on standard error that there is none, and names the command that makes one', async () => {
      const {stdout, stderr, exitCode} = await run('list')
      expect({stdout, exitCode}).to.deep.equal({stdout: '', exitCode: 0})
      expect(stderr).to.contain('llamactl auth login')
      expect((await run('list', '--json')).json()).to.deep.equal([])
      expect((await run('list', '-o', 'yaml')).stdout).to.equal('[]\n')
    })

    it('marks the current profile, in text, JSON and YAML alike', async () => {
      await prepareToken(sandbox, grace.key)
      await prepareToken(sandbox, ada.key, '--project-id', 'prj-notes')
      expect((await run('list')).stdout).to.equal(
        [
          '   NAME            PROJECT_ID  AUTH   STORE',
          '*  llx-de****4da1  prj-notes   token  file',
          '   llx-de****9ce2  prj-flow    token  file',
          '',
        ].join('\n'),
      )
      const json = (await run('list', '--json')).stdout
      expect((await run('list', '-o', 'json')).stdout).to.equal(json)
      const {parse} = await import('yaml')
      expect(parse((await run('list', '-o', 'yaml')).stdout)).to.deep.equal(JSON.parse(json))
    })

    it('refuses an unknown output format', async () => {
      const {stderr, exitCode} = await run('list', '-o', 'xml')
      expect(exitCode).to.equal(2)
      expect(stderr).to.contain('(USAGE)').and.to.contain('text').and.to.contain('yaml')
    })
  })

  describe('auth switch', () => {
    beforeEach(async () => {
      await prepareToken(sandbox, grace.key, '--name', 'grace')
      await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
    })

    it('makes a named profile current', async () => {
      const result = await run('switch', 'grace')
      expect(result.stdout).to.equal(`Switched to profile grace in ${plane.url}.\n`)
      expect(await active()).to.equal('grace')
      expect((await run('switch', 'ada', '--json')).json()).to.deep.equal({
        name: 'ada',
        api_url: plane.url,
        project_id: 'prj-notes',
        active: true,
        auth_type: 'token',
        credential_store: 'file',
      })
    })

    it('exits 1 for a name nobody has, and lists the names', async () => {
      const result = await run('switch', 'linus', '--json')
      expect(result.exitCode).to.equal(1)
      expect(result.json<Failure>().error).to.deep.include({code: 'PROFILE_NOT_FOUND'})
      expect(result.json<Failure>().error.suggestions.join()).to.contain('ada').and.to.contain('grace')
      expect(await active()).to.equal('ada')
    })

    it('exits 2 without a name and without anybody to ask, and lists the names', async () => {
      const result = await run('switch')
      expect(result.exitCode).to.equal(2)
      expect(result.stderr).to.contain('(INPUT_REQUIRED)').and.to.contain('ada, grace')
    })

    it('exits 4 where there is no profile', async () => {
      const result = await run('switch', '--environment', 'https://api.cloud.llamaindex.ai', '--json')
      expect(result.exitCode).to.equal(4)
      expect(result.json<Failure>().error.code).to.equal('NOT_LOGGED_IN')
    })

    it('refuses --interactive without a terminal', async () => {
      const result = await run('switch', '--interactive', '--json')
      expect(result.exitCode).to.equal(2)
      expect(result.json<Failure>().error.code).to.equal('USAGE')
    })
  })

  describe('auth logout', () => {
    it('deletes the profile, its secret, and the key that login made at the server, and revokes the refresh token (login case 86)', async () => {
      await logIn(sandbox, plane, {user: grace.email})
      const key = plane.apiKeys().find(({name}) => name.includes('llamactl on'))
      const result = await run('logout', grace.email, '--json')
      const items = {api_key: {id: key?.id, deleted: true}, refresh_token_revoked: true}
      expect(result.json()).to.deep.equal({
        profiles: [{name: grace.email, api_url: plane.url, deleted: true, revoked: true, ...items}],
      })
      expect(plane.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.deep.equal([])
      expect(plane.requests.filter(({path}) => path.endsWith('/token/revocation'))).to.have.length(1)
      expect(Object.keys(sandbox.files()).filter((name) => /credentials|profile/.test(name))).to.deep.equal([])
    })

    it('says what became of each item', async () => {
      await logIn(sandbox, plane, {user: grace.email})
      const key = plane.apiKeys().find(({name}) => name.includes('llamactl on'))
      expect((await run('logout', grace.email)).stdout.split('\n')).to.deep.equal([
        `Logged out ${grace.email} from ${plane.url}.`,
        `  API key ${key?.id}: deleted`,
        '  refresh token: revoked',
        '',
      ])
    })

    describe('that could not delete the key (login case 88)', () => {
      let keyId: string | undefined

      beforeEach(async () => {
        await logIn(sandbox, plane, {user: grace.email})
        keyId = plane.apiKeys().find(({name}) => name.includes('llamactl on'))?.id
        plane.faults.add({method: 'DELETE', path: /api-keys/, status: 503})
        const result = await run('logout', grace.email)
        expect(result.exitCode).to.equal(0)
        expect(result.stdout).to.contain('refresh token: revoked').and.not.to.contain('deleted')
        expect(result.stderr).to.contain(keyId).and.to.contain('remembered')
      })

      const isThere = () => plane.apiKeys().some(({id}) => id === keyId)
      const notes = () => Object.keys(sandbox.files()).filter((name) => name.includes('leftovers'))

      it('keeps no secret, and deletes it at the next login of the same person (login case 89)', async () => {
        expect(Object.values(sandbox.files()).join()).not.to.match(/llx-|refresh_token/)
        expect((await logIn(sandbox, plane, {user: grace.email})).stderr)
          .to.contain(keyId)
          .and.to.contain('deleted now')
        expect([isThere(), notes()]).to.deep.equal([false, []])
      })

      it('is finished by --retry with an API key of the same person', async () => {
        await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
        const refused = await run('logout', '--retry', '--json')
        expect(refused.exitCode).to.equal(4)
        expect(refused.json()).to.have.nested.property('error.code', 'CREDENTIAL_REJECTED')
        expect(refused.json())
          .to.have.nested.property('profiles[0].api_key')
          .that.deep.equals({id: keyId, deleted: false})
        expect(isThere()).to.equal(true)

        await prepareToken(sandbox, grace.key, '--name', 'grace')
        const result = await run('logout', '--retry', '--json')
        expect(result.json()).to.have.nested.property('profiles[0].revoked', true)
        expect([isThere(), notes()]).to.deep.equal([false, []])
        expect((await run('logout', '--retry', '--json')).json()).to.deep.equal({profiles: []})
      })

      it('says with --retry which command finishes it, and forgets it with --force', async () => {
        const refused = await run('logout', '--retry')
        expect(refused.exitCode).to.equal(4)
        expect(refused.stderr).to.contain(keyId).and.to.contain('llamactl auth login')
        expect((await run('logout', '--retry', '--force')).exitCode).to.equal(0)
        expect([isThere(), notes()]).to.deep.equal([true, []])
      })
    })

    it('goes on after one that fails with --all, and says what became of each', async () => {
      const {mkdirSync, readdirSync, rmSync} = await import('node:fs')
      await prepareToken(sandbox, grace.key, '--name', 'a')
      const folder = `${sandbox.configFolder}/credentials`
      const [entry] = readdirSync(folder)
      await prepareToken(sandbox, ada.key, '--name', 'b', '--project-id', 'prj-notes')
      rmSync(`${folder}/${entry}`)
      mkdirSync(`${folder}/${entry}`)
      const result = await run('logout', '--all', '--json')
      expect(result.exitCode).to.equal(1)
      expect(result.json<Failure>().error.code).to.equal('STORAGE_ERROR')
      const {profiles} = result.json<{profiles: {name: string; deleted: boolean}[]}>()
      expect(profiles.map(({name, deleted}) => [name, deleted])).to.deep.equal([
        ['a', false],
        ['b', true],
      ])
    })

    it('leaves a key that was given to `auth token` alone at the server', async () => {
      await prepareToken(sandbox, grace.key)
      const result = await run('logout', grace.keyName, '--json')
      expect(result.json()).to.have.nested.property('profiles[0].revoked', null)
      expect(plane.requests.filter(({method}) => method === 'DELETE')).to.deep.equal([])
    })

    it('gets an access token for a server on which a key cannot delete itself', async () => {
      await using strict = await startDevControlPlane({keysManageKeys: false})
      await prepare(sandbox, ['auth', 'env', 'add', strict.url])
      await logIn(sandbox, strict, {user: grace.email})
      expect((await run('logout', grace.email, '--json')).json()).to.have.nested.property('profiles[0].revoked', true)
      expect(strict.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.deep.equal([])
    })

    it('logs out here when the server is away, and names the key that still works (login case 88)', async () => {
      await logIn(sandbox, plane, {user: grace.email})
      const keyId = plane.apiKeys().find(({name}) => name.includes('llamactl on'))?.id
      await plane.close()
      const result = await run('logout', grace.email, '--json')
      expect(result.exitCode).to.equal(0)
      expect(result.json()).to.have.nested.property('profiles[0].revoked', false)
      expect(result.stderr).to.contain(keyId)
      expect(Object.keys(sandbox.files()).filter((name) => /credentials|profile/.test(name))).to.deep.equal([])
    })

    it('calls a key that the server does not know any more revoked (login case 87)', async () => {
      await logIn(sandbox, plane, {user: grace.email})
      plane.faults.add({method: 'DELETE', path: /^\/api\/v1\/api-keys\//, status: 404, body: {detail: 'Not found'}})
      const result = await run('logout', grace.email, '--json')
      expect(result.json()).to.have.nested.property('profiles[0].revoked', true)
      expect(result.stderr).to.not.contain('Warning')
    })

    it('clears the current profile only when it was that', async () => {
      await prepareToken(sandbox, grace.key, '--name', 'grace')
      await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
      await run('logout', 'grace')
      expect(await active()).to.equal('ada')
      await run('logout', 'ada')
      expect((await run('project', 'prj-notes', '--json')).json<Failure>().error.code).to.equal('NOT_LOGGED_IN')
    })

    it('logs out everybody with --all, and has nothing to do the second time', async () => {
      await prepareToken(sandbox, grace.key, '--name', 'grace')
      await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
      const first = (await run('logout', '--all', '--json')).json<{profiles: {name: string}[]}>()
      expect(first.profiles.map(({name}) => name)).to.deep.equal(['ada', 'grace'])
      expect((await run('logout', '--all', '--json')).json()).to.deep.equal({profiles: []})
    })

    it('never guesses: without a name and anybody to ask it exits 2', async () => {
      await prepareToken(sandbox, grace.key)
      const result = await run('logout', '--json')
      expect(result.exitCode).to.equal(2)
      expect(result.json<Failure>().error.code).to.equal('INPUT_REQUIRED')
      expect((await run('logout', 'x', '--all')).exitCode).to.equal(2)
      expect((await run('logout', 'x', '--retry')).exitCode).to.equal(2)
      expect((await run('logout', '--all', '--retry')).exitCode).to.equal(2)
    })

    it('exits 1 for a name nobody has, and 4 where there is no profile', async () => {
      expect((await run('logout', '--json')).exitCode).to.equal(4)
      await prepareToken(sandbox, grace.key)
      const result = await run('logout', 'nobody', '--json')
      expect(result.exitCode).to.equal(1)
      expect(result.json<Failure>().error.code).to.equal('PROFILE_NOT_FOUND')
    })
  })

  describe('auth rotate', () => {
    const minted = () => plane.apiKeys().filter(({name}) => name.includes('llamactl on'))

    it('replaces the key of a browser login, and names the one that it deleted', async () => {
      await logIn(sandbox, plane, {user: grace.email})
      await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
      const [old] = minted()
      const result = await run('rotate', grace.email, '--json')
      expect(result.json()).to.deep.equal({
        name: grace.email,
        api_url: plane.url,
        project_id: grace.project,
        active: false,
        auth_type: 'oidc',
        credential_store: 'file',
        old_api_key: {id: old?.id, deleted: true},
      })
      expect(minted()).to.have.length(1)
      expect(minted()[0]?.id).not.to.equal(old?.id)
      await run('switch', grace.email)
      expect((await run('project', grace.project)).exitCode).to.equal(0)
    })

    it('works on a server where only an access token may, again and again', async () => {
      await using strict = await startDevControlPlane({keysManageKeys: false})
      await prepare(sandbox, ['auth', 'env', 'add', strict.url])
      await logIn(sandbox, strict, {user: grace.email})
      for (let round = 0; round < 2; round++) expect((await run('rotate')).exitCode).to.equal(0)
      expect(strict.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.have.length(1)
      expect((await run('logout', grace.email, '--json')).json()).to.have.nested.property('profiles[0].revoked', true)
    })

    it('leaves the old key where the new one does not work, and deletes the new one', async () => {
      await logIn(sandbox, plane, {user: grace.email})
      const before = [minted(), sandbox.files()]
      plane.faults.add({path: /list-projects/, status: 401, body: {detail: 'Invalid API key'}})
      expect((await run('rotate', '--json')).json<Failure>().error.code).to.equal('CREDENTIAL_REJECTED')
      expect([minted(), sandbox.files()]).to.deep.equal(before)
    })

    it('refuses a key that was given, and says what to do', async () => {
      await prepareToken(sandbox, grace.key)
      const result = await run('rotate')
      expect(result.exitCode).to.equal(2)
      expect(result.stderr).to.contain('llamactl auth token')
    })
  })

  describe('auth project', () => {
    it('changes the project of the current profile', async () => {
      await prepareToken(sandbox, ada.key, '--project-id', 'prj-notes')
      expect((await run('project', 'prj-sandbox', '--json')).json()).to.include({
        project_id: 'prj-sandbox',
        active: true,
      })
      expect((await run('list', '--json')).json()).to.have.nested.property('[0].project_id', 'prj-sandbox')
    })

    it('accepts a project of another organization by its ID', async () => {
      await prepareToken(sandbox, ada.key, '--project-id', 'prj-notes')
      expect((await run('project', ada.otherProject)).exitCode).to.equal(0)
    })

    it('lists the offer of the default organization, or that of --org, when nobody can be asked', async () => {
      await using two = await startDevControlPlane({
        seed: {
          organizations: [{org_id: 'one'}, {org_id: 'two'}],
          projects: [
            {project_id: 'prj-a', org_id: 'one'},
            {project_id: 'prj-b', org_id: 'one'},
            {project_id: 'prj-c', org_id: 'two'},
            {project_id: 'prj-d', org_id: 'two'},
          ],
          users: [{email: 'two@example.com', password: 'two'}],
          api_keys: [{user: 'two@example.com', secret: 'llx-two-organizations'}],
        },
      })
      await prepare(sandbox, ['auth', 'env', 'add', two.url])
      await prepareToken(sandbox, 'llx-two-organizations', '--project-id', 'prj-a')
      const {stderr, exitCode} = await run('project')
      expect(exitCode).to.equal(2)
      expect(stderr).to.contain('prj-a').and.to.contain('prj-b').and.not.to.contain('prj-c')
      const other = await run('project', '--org', 'two')
      expect(other.stderr).to.contain('prj-c').and.to.contain('prj-d').and.not.to.contain('prj-a')
      expect((await run('project', '--org', 'three', '--json')).json<Failure>().error.code).to.equal('NO_PROJECTS')
    })

    it('takes the only project there is', async () => {
      await prepareToken(sandbox, grace.key)
      expect((await run('project', '--json')).json()).to.include({project_id: grace.project})
    })

    it('works on a server without organizations', async () => {
      await using plain = await startDevControlPlane({organizations: false})
      await prepare(sandbox, ['auth', 'env', 'add', plain.url])
      expect((await token(grace.key, '--json')).json()).to.include({project_id: grace.project})
    })

    it('exits 1 for a project nobody knows, and changes nothing', async () => {
      await prepareToken(sandbox, ada.key, '--project-id', 'prj-notes')
      const result = await run('project', 'prj-unknown', '--json')
      expect(result.exitCode).to.equal(1)
      expect(result.json<Failure>().error.code).to.equal('PROJECT_NOT_FOUND')
      expect((await run('list', '--json')).json()).to.have.nested.property('[0].project_id', 'prj-notes')
    })

    it('exits 4 without a profile', async () => {
      const result = await run('project', 'prj-notes', '--json')
      expect(result.exitCode).to.equal(4)
      expect(result.json<Failure>().error.code).to.equal('NOT_LOGGED_IN')
    })

    it('exits 4 when the key was deleted at the server, or is gone from the store', async () => {
      await logIn(sandbox, plane, {user: grace.email})
      plane.faults.add({path: /list-projects/, status: 401, body: {detail: 'Invalid API key'}})
      expect((await run('project', grace.project, '--json')).json<Failure>().error.code).to.equal('CREDENTIAL_REJECTED')

      const {rmSync} = await import('node:fs')
      rmSync(`${sandbox.configFolder}/credentials`, {recursive: true})
      const result = await run('project', grace.project, '--json')
      expect(result.exitCode).to.equal(4)
      expect(result.json<Failure>().error.code).to.equal('CREDENTIAL_MISSING')
      expect(result.json<Failure>().error.suggestions.join()).to.contain('llamactl auth login')
    })

    it('accepts any project where no auth is required, without asking the server', async () => {
      await using open = await startDevControlPlane({requiresAuth: false})
      await prepare(sandbox, ['auth', 'env', 'add', open.url])
      await sandbox.run(['auth', 'token', '--project-id', 'one'])
      const before = open.requests.length
      expect((await run('project', 'another', '--json')).json()).to.include({project_id: 'another', auth_type: 'none'})
      expect(open.requests.length).to.equal(before)
      expect((await run('project', '--json')).exitCode).to.equal(2)
    })
  })
})
