import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {expect} from 'chai'

import {defaultSeed, loadSeed, parseSeed} from '../src/index.js'

const ada = {email: 'ada@example.com', password: 'ada'}

describe('a seed', () => {
  it('may leave out what has an obvious value', () => {
    const seed = parseSeed({
      users: [ada],
      projects: [{project_id: 'p1'}],
      api_keys: [{user: ada.email, secret: 'llx-1'}],
    })
    expect(seed).to.deep.equal({
      organizations: [{org_id: 'default', org_name: 'Default'}],
      projects: [{project_id: 'p1', project_name: 'p1', deployment_count: 0, org_id: 'default'}],
      users: [{...ada, id: 'user-ada@example.com', name: ada.email, organizations: ['default']}],
      api_keys: [{user: ada.email, secret: 'llx-1', name: 'dev key', project_id: null}],
    })
  })

  it('can be the default one', () => {
    expect(parseSeed(defaultSeed)).to.deep.equal(defaultSeed)
  })

  const wrong: [complaint: string, seed: unknown][] = [
    ['the seed is not an object', []],
    ['users is not an array', {users: {}}],
    ['users[0] is not an object', {users: ['ada']}],
    ['users[1].email is missing', {users: [ada, {password: 'x'}]}],
    ['users[0].password is not a string', {users: [{...ada, password: 1}]}],
    ['users[0].email is empty', {users: [{...ada, email: ''}]}],
    ['users[1].email is the same as users[0].email', {users: [ada, ada]}],
    ['users[0].organizations names no organization: x', {users: [{...ada, organizations: ['x']}]}],
    ['users[0].organizations[0] is not a string', {users: [{...ada, organizations: [1]}]}],
    ['users[0].passwort is not a field of a seed', {users: [{...ada, passwort: 'x'}]}],
    ['apikeys is not a field of a seed', {apikeys: []}],
    ['projects[0].deployment_count is not a whole number', {projects: [{project_id: 'p', deployment_count: -1}]}],
    ['projects[0].org_id names no organization: x', {projects: [{project_id: 'p', org_id: 'x'}]}],
    ['api_keys[0].user names no user: x', {api_keys: [{user: 'x', secret: 'llx-1'}]}],
    ['api_keys[0].secret does not start with llx-', {users: [ada], api_keys: [{user: ada.email, secret: 'sk-1'}]}],
    [
      'api_keys[0].project_id names no project: p',
      {users: [ada], api_keys: [{user: ada.email, secret: 'llx-1', project_id: 'p'}]},
    ],
  ]
  for (const [complaint, seed] of wrong) {
    it(`is refused with "${complaint}"`, () => {
      expect(() => parseSeed(seed)).to.throw(complaint)
    })
  }

  describe('in a file', () => {
    let folder: string
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'seed-'))
    })
    after(() => rm(folder, {recursive: true}))

    it('is read', async () => {
      const file = join(folder, 'good.json')
      await writeFile(file, JSON.stringify(defaultSeed))
      expect(await loadSeed(file)).to.deep.equal(defaultSeed)
    })

    for (const [title, text, complaint] of [
      ['is not JSON', '{', 'is not JSON'],
      ['lacks a field', '{"users": [{}]}', 'users[0].email is missing'],
    ] as const) {
      it(`is refused by its path when it ${title}`, async () => {
        const file = join(folder, 'bad.json')
        await writeFile(file, text)
        const message = await loadSeed(file).catch((error: Error) => error.message)
        expect(message).to.include(`${file}: ${complaint}`)
      })
    }

    it('is refused by its path when it is absent or a folder', async () => {
      const message = (file: string): Promise<unknown> => loadSeed(file).catch((error: Error) => error.message)
      expect(await message(join(folder, 'none.json'))).to.equal(`${join(folder, 'none.json')}: there is no such file`)
      expect(await message(folder)).to.include(`${folder}: cannot be read`)
    })
  })
})
