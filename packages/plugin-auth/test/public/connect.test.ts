import {expect} from 'chai'
import {fileURLToPath} from 'node:url'
import {connect, requireCredential, resolveIdentity} from '../../src/index.js'
import {type AnswerRequest, createTestConfig, startControlPlane} from '../../src/testing/index.js'
import {refusal} from '../support/refusal.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const KEY = 'llx-of-this-test'

describe('what is no command', () => {
  const seen: Request[] = []
  const answering = (answer: AnswerRequest) =>
    createTestConfig({
      root,
      login: {apiKey: KEY, projectId: 'prj-notes'},
      server: (request) => {
        seen.push(request)
        return answer(request)
      },
    })
  const ok = () => answering(() => Response.json({}))
  const headers = (): (string | null)[] =>
    seen.flatMap(({headers}) => [headers.get('authorization'), headers.get('project-id')])
  beforeEach(() => void seen.splice(0))

  it('learns who it is without a request, and gets the secret when it asks for it', async () => {
    const config = await ok()
    expect(await resolveIdentity(config, {projectId: 'prj-2'})).to.include({
      profile: 'ada@example.com',
      projectId: 'prj-2',
    })
    expect((await requireCredential(config)).apiKey?.reveal()).to.equal(KEY)
    expect(seen).to.deep.equal([])
  })

  it('cannot choose what is not there', async () => {
    const config = await ok()
    await refusal(resolveIdentity(config, {environment: 'https://nowhere.test'}), 'ENVIRONMENT_NOT_FOUND')
    await refusal(requireCredential(config, {profile: 'carol'}), 'PROFILE_NOT_FOUND')
    const nobody = await createTestConfig({root, login: null})
    await refusal(requireCredential(nobody), 'NOT_LOGGED_IN')
  })

  it('leaves the signals of the process alone', async () => {
    const before = process.listenerCount('SIGINT')
    await connect(await ok())
    expect(process.listenerCount('SIGINT')).to.equal(before)
  })

  describe('fetches', () => {
    it('with credential and project from its own control plane, by path and by URL', async () => {
      const {fetch, identity} = await connect(await ok())
      await fetch('/a')
      await fetch(new URL(`${identity.apiUrl}/b`))
      expect(seen.map(({url}) => url)).to.deep.equal([`${identity.apiUrl}/a`, `${identity.apiUrl}/b`])
      expect(headers()).to.deep.equal([`Bearer ${KEY}`, 'prj-notes', `Bearer ${KEY}`, 'prj-notes'])
    })

    it('without either from anywhere else, whatever its address looks like', async () => {
      const {fetch, identity} = await connect(await ok())
      for (const url of [
        'https://elsewhere.test/a',
        'http://control-plane.test/a',
        'https://control-plane.test:8443/a',
        'https://control-plane.test.elsewhere.test/a',
        'https://control-plane.test@elsewhere.test/a'.replace('@', '.at.'),
      ])
        await fetch(url)
      expect(identity.apiUrl).to.equal('https://control-plane.test')
      expect(headers().filter(Boolean)).to.deep.equal([])
    })

    it('from its own origin also for a path that looks like another host', async () => {
      const {fetch} = await connect(await ok())
      await fetch('//elsewhere.test/a')
      await fetch('/@elsewhere.test/a')
      expect(seen.map(({url}) => new URL(url).host)).to.deep.equal(['control-plane.test', 'control-plane.test'])
    })

    it('and leaves alone what the caller has set', async () => {
      const {fetch} = await connect(await ok())
      await fetch('/a', {headers: {authorization: 'Bearer mine'}})
      await fetch('/a', {headers: {'Project-Id': 'prj-mine'}})
      await fetch('/a?project_id=prj-mine')
      expect(headers()).to.deep.equal(['Bearer mine', null, `Bearer ${KEY}`, 'prj-mine', `Bearer ${KEY}`, null])
    })

    it('and gets any status as an answer, once', async () => {
      const {fetch} = await connect(await answering(() => new Response('no', {status: 401})))
      expect((await fetch('/a', {method: 'POST', body: 'x'})).status).to.equal(401)
      expect(seen).to.have.length(1)
    })

    it('and is told what failed on the way', async () => {
      const server = await startControlPlane()
      const {fetch, client} = await connect(await createTestConfig({root, server}))
      await server.close()
      const error = await refusal(fetch('/a', {method: 'POST'}), 'NETWORK_ERROR')
      expect(error.message).to.include(server.url)
      await refusal(
        client.request('/a', () => 1, {method: 'POST'}),
        'NETWORK_ERROR',
      )
    })
  })

  describe('asks the client', () => {
    it('for an endpoint of its own, with a body', async () => {
      const config = await answering(async (request) => Response.json([await request.json()], {status: 201}))
      const {client} = await connect(config)
      const read = (reply: unknown) => reply
      expect(await client.request('/a', read, {method: 'POST', body: {b: 1}})).to.deep.equal([{b: 1}])
      expect(seen[0]!.headers.get('content-type')).to.equal('application/json')
    })

    it('and gets null where there is no body', async () => {
      const {client} = await connect(await answering(() => new Response(null, {status: 204})))
      expect(await client.request('/a', (reply) => reply, {method: 'DELETE'})).to.equal(null)
    })

    for (const [answer, code, says] of [
      [() => Response.json({detail: 'No such thing'}, {status: 404}), 'SERVER_ERROR', 'No such thing'],
      [() => Response.json({detail: 'Who?'}, {status: 401}), 'CREDENTIAL_REJECTED', 'Who?'],
      [() => Response.json({detail: 'Not you'}, {status: 403}), 'CREDENTIAL_REJECTED', 'Not you'],
      [() => new Response('<html>'), 'SERVER_ERROR', 'not JSON'],
      [() => Response.json(7), 'SERVER_ERROR', 'cannot be used: not a list'],
    ] as const) {
      it(`and ${code} says ${says}`, async () => {
        const {client} = await connect(await answering(answer))
        const asked = client.request('/a', () => {
          throw new Error('not a list')
        })
        expect((await refusal(asked, code)).message).to.include(says)
      })
    }

    it('what the server is, without a login', async () => {
      const server = await startControlPlane()
      const {client} = await connect(await createTestConfig({root, server, login: null}))
      expect(await client.version()).to.include({requires_auth: true})
      await refusal(client.me(), 'NOT_LOGGED_IN')
      await server.close()
    })
  })
})
