import {expect} from 'chai'
import type {ControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import type {Organization, Project} from '../../src/control-plane/replies.js'
import {selectProject} from '../../src/login/select-project.js'
import {refusal} from '../support/refusal.js'
import {fail, fakeServer} from './support/fakes.js'

const project = (project_id: string, org_id: string): Project => ({
  project_id,
  project_name: project_id,
  deployment_count: 0,
  org_id,
})
const organization = (org_id: string, is_default = false): Organization => ({org_id, org_name: org_id, is_default})

const [red1, red2, blue1] = [project('r1', 'red'), project('r2', 'red'), project('b1', 'blue')] as const

describe('what a server offers to choose from', () => {
  const all = [red1, red2, blue1]
  const server = (organizations: Organization[], changes: Partial<ControlPlaneClient> = {}) =>
    fakeServer({
      projects: async (orgId) => all.filter(({org_id}) => orgId === undefined || org_id === orgId),
      organizations: async () => organizations,
      ...changes,
    })
  const both = [organization('red'), organization('blue', true)]

  it('is that of the default organization', async () => {
    expect(await selectProject(server(both), {})).to.deep.equal({kind: 'chosen', project: blue1})
    expect(await selectProject(server([organization('red', true), organization('blue')]), {})).to.deep.equal({
      kind: 'ask',
      candidates: [red1, red2],
    })
  })

  it('is that of the first organization where none is the default one', async () => {
    const none = [organization('blue'), organization('red')]
    expect(await selectProject(server(none), {})).to.deep.equal({kind: 'chosen', project: blue1})
  })

  it('is everything where the server has no organizations', async () => {
    expect(await selectProject(server([]), {})).to.deep.equal({kind: 'ask', candidates: all})
  })

  it('is that of the organization that is named, and no other is asked about', async () => {
    const organizations = () => expect.fail('the organization is known')
    expect(await selectProject(server([], {organizations}), {orgId: 'red'})).to.deep.equal({
      kind: 'ask',
      candidates: [red1, red2],
    })
  })

  it('is a named project in any organization, or in the one that is named with it', async () => {
    const organizations = () => expect.fail('the project is known')
    expect(await selectProject(server([], {organizations}), {projectId: 'b1'})).to.deep.equal({
      kind: 'chosen',
      project: blue1,
    })
    await refusal(selectProject(server([], {organizations}), {projectId: 'b1', orgId: 'red'}), 'PROJECT_NOT_FOUND')
    await refusal(selectProject(server(both), {projectId: 'b2'}), 'PROJECT_NOT_FOUND')
  })

  it('is nothing where there is nothing, and says where', async () => {
    const nothing = server([], {projects: async () => []})
    expect((await refusal(selectProject(nothing, {}), 'NO_PROJECTS')).message).to.include('account')
    expect((await refusal(selectProject(nothing, {orgId: 'red'}), 'NO_PROJECTS')).message).to.include('red')
    await refusal(selectProject(nothing, {projectId: 'r1'}), 'PROJECT_NOT_FOUND')
  })

  it('is what the server says of itself where it refuses', async () => {
    await refusal(selectProject(server(both, {projects: () => fail('CREDENTIAL_REJECTED')}), {}), 'CREDENTIAL_REJECTED')
    await refusal(selectProject(server([], {organizations: () => fail('SERVER_ERROR')}), {}), 'SERVER_ERROR')
  })
})
