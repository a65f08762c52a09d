import {expect} from 'chai'
import {chooseProfile} from '../../src/profiles/choose-profile.js'
import {chooseProject, projectList} from '../../src/profiles/choose-project.js'
import type {Profile} from '../../src/profiles/profile.js'
import {refusal} from '../support/refusal.js'

const apiUrl = 'https://api.example.com'
const later = <T>(work: () => T): Promise<T> => Promise.resolve().then(work)

describe('choosing a profile', () => {
  const profile = (name: string): Profile => ({
    id: `id-${name}`,
    name,
    project_id: null,
    auth_type: 'none',
    credential: null,
  })
  const [ada, bob] = [profile('ada'), profile('bob')] as const

  it('takes the one that is named', () => {
    expect(chooseProfile([ada, bob], {name: 'bob', apiUrl})).to.deep.equal({kind: 'chosen', profile: bob})
  })

  it('asks about all where none is named, also about a single one', () => {
    expect(chooseProfile([ada, bob], {apiUrl})).to.deep.equal({kind: 'ask', candidates: [ada, bob]})
    expect(chooseProfile([ada], {name: undefined, apiUrl})).to.deep.equal({kind: 'ask', candidates: [ada]})
  })

  for (const name of ['Ada', 'ad', '', 'id-ada']) {
    it(`never guesses who ${JSON.stringify(name)} is, and lists the names`, async () => {
      const error = await refusal(
        later(() => chooseProfile([ada, bob], {name, apiUrl})),
        'PROFILE_NOT_FOUND',
      )
      expect(error.message).to.include(apiUrl)
      expect(error.suggestions[0]).to.include('ada, bob')
    })
  }

  it('lists the first twenty of a thousand names, and how many there are besides', async () => {
    const thousand = Array.from({length: 1000}, (_, index) => profile(`p${index}`))
    const error = await refusal(
      later(() => chooseProfile(thousand, {name: 'nobody', apiUrl})),
      'PROFILE_NOT_FOUND',
    )
    expect(error.suggestions[0]).to.match(/^Profiles there: p0, p1, .*, p19, … and 980 more$/)
  })

  it('says how to log in where there is nobody to choose from', async () => {
    for (const [name, code] of [
      [undefined, 'NOT_LOGGED_IN'],
      ['ada', 'PROFILE_NOT_FOUND'],
    ] as const) {
      const error = await refusal(
        later(() => chooseProfile([], {name, apiUrl})),
        code,
      )
      expect(error.suggestions.map((suggestion) => typeof suggestion === 'object' && suggestion.command)).to.deep.equal(
        ['auth:login', 'auth:token'],
      )
    }
  })
})

describe('choosing a project', () => {
  const project = (project_id: string, org_id: string) => ({project_id, project_name: `Project ${project_id}`, org_id})
  const [one, two, three] = [project('p1', 'red'), project('p2', 'red'), project('p3', 'blue')] as const
  const all = [one, two, three]

  it('takes the one that is named, in whatever organization', () => {
    expect(chooseProject(all, {projectId: 'p3', orgId: 'red'})).to.deep.equal({kind: 'chosen', project: three})
  })

  it('takes the only one of the organization', () => {
    expect(chooseProject(all, {orgId: 'blue'})).to.deep.equal({kind: 'chosen', project: three})
  })

  it('asks about several of the organization, and of no other', () => {
    expect(chooseProject(all, {orgId: 'red'})).to.deep.equal({kind: 'ask', candidates: [one, two]})
  })

  it('asks about all where the organization has none, or is not known', () => {
    for (const orgId of ['green', undefined])
      expect(chooseProject(all, {orgId})).to.deep.equal({kind: 'ask', candidates: all})
    expect(chooseProject([three], {orgId: 'red'})).to.deep.equal({kind: 'chosen', project: three})
  })

  it('has nothing to choose where there is none', () => {
    expect(chooseProject([], {})).to.deep.equal({kind: 'none'})
  })

  for (const projectId of ['p4', 'P1', '', 'Project p1']) {
    it(`never guesses which ${JSON.stringify(projectId)} is, and lists what there is`, async () => {
      const error = await refusal(
        later(() => chooseProject(all, {projectId})),
        'PROJECT_NOT_FOUND',
      )
      expect(error.suggestions.join('\n')).to.include('p1  Project p1').and.include('p3  Project p3')
    })
  }

  it('says that there is none at all', async () => {
    const error = await refusal(
      later(() => chooseProject([], {projectId: 'p1'})),
      'PROJECT_NOT_FOUND',
    )
    expect(error.suggestions).to.deep.equal(['It can see no project at all.'])
  })

  it('lists twenty and counts the rest', () => {
    const many = Array.from({length: 23}, (_, index) => project(`p${index}`, 'red'))
    expect(projectList(many.slice(0, 20))).to.have.length(20)
    expect(projectList(many)).to.have.length(21)
    expect(projectList(many).at(-1)).to.equal('… and 3 more')
  })
})
