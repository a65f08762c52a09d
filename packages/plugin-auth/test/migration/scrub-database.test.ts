import {expect} from 'chai'
import {readFileSync} from 'node:fs'
import {createWasmEngine} from '../../src/migration/sqlite/wasm-engine.js'
import {API_URL} from '../login/support/fakes.js'
import {deviceLogin, type PythonProfile} from '../support/python-database.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {openMigration, type TestMigration} from './support/open-migration.js'

const ada: PythonProfile = {
  name: 'ada',
  api_url: API_URL,
  api_key: 'llx-canary-ada',
  api_key_id: 'key-7',
  device_oidc: deviceLogin(),
}
const grace: PythonProfile = {name: 'grace', api_url: API_URL, api_key: 'llx-canary-grace'}

describe('scrubbing a database of the Python llamactl', () => {
  const folder = useTemporaryFolder()
  let test: TestMigration

  beforeEach(() => {
    test = openMigration(folder())
  })

  const scrub = async (outcomes: Awaited<ReturnType<TestMigration['again']>>) =>
    (await test.migration.scrub(test.database, async () => test.store, outcomes)).map(({name, isScrubbed, reason}) => ({
      name,
      isScrubbed,
      ...(reason && {reason}),
    }))
  const canaries = () => [...new Set(readFileSync(test.database, 'latin1').match(/(?:llx-)?canary-[a-z-]+/g) ?? [])]
  const change = async (sql: string) =>
    (await createWasmEngine()).change(test.database, (database) => database.run(sql, []))

  it('removes keys and tokens of all three schemas, and keeps the rest of the rows', async () => {
    for (const version of [0, 1, 2] as const) {
      test = openMigration(`${folder()}/${version}`)
      const {name, api_url, api_key} = ada
      const outcomes = await test.take({version, profiles: [version < 2 ? {name, api_url, api_key} : ada, grace]})
      expect(await scrub(outcomes)).to.deep.equal([
        {name: 'ada', isScrubbed: true},
        {name: 'grace', isScrubbed: true},
      ])
      expect(canaries()).to.deep.equal([])
      const {profiles} = await test.migration.read(test.database)
      expect(profiles.map((row) => [row.name, row.project_id, row.api_key, row.api_key_id])).to.deep.equal([
        ['ada', 'prj-1', null, null],
        ['grace', 'prj-1', null, null],
      ])
    }

    const [row] = (await test.migration.read(test.database)).profiles
    expect(JSON.parse(row?.device_oidc?.reveal() ?? '')).to.include({
      user_id: 'user-1',
      device_access_token: '',
      device_refresh_token: null,
      device_id_token: null,
    })
  })

  it('keeps a key that the credential store does not give back', async () => {
    const outcomes = await test.take({profiles: [ada, grace]})
    await test.store.delete(outcomes[0]!.profile!.credential!)
    const [kept, gone] = await scrub(outcomes)
    expect(kept).to.include({isScrubbed: false}).and.have.property('reason').that.contains('another key')
    expect(gone).to.deep.equal({name: 'grace', isScrubbed: true})
    expect(canaries().join()).to.contain('llx-canary-ada').and.not.to.contain('llx-canary-grace')
  })

  it('keeps a key that was changed meanwhile', async () => {
    const outcomes = await test.take({profiles: [grace]})
    await change(`UPDATE profiles SET api_key = 'llx-canary-newer'`)
    const [kept] = await scrub(outcomes)
    expect(kept).to.include({isScrubbed: false}).and.have.property('reason').that.contains('meanwhile')
    expect(canaries()).to.deep.equal(['llx-canary-newer'])
  })

  it('does nothing when the credential store cannot be asked', async () => {
    const outcomes = await test.take({profiles: [grace]})
    const before = readFileSync(test.database)
    test.store.get = () => Promise.reject(new Error('locked'))
    expect(await scrub(outcomes).catch((error: Error) => error.message)).to.equal('locked')
    expect(readFileSync(test.database)).to.deep.equal(before)
  })

  it('does not call it done where a key is still in the file', async () => {
    const outcomes = await test.take({
      profiles: [grace],
      then: `CREATE TABLE notes AS SELECT 'llx-canary-grace' AS note`,
    })
    const {message} = await refusal(scrub(outcomes), 'STORAGE_ERROR')
    expect(message).to.contain('still has a key')
  })

  it('finds a scrubbed profile known the next time', async () => {
    await scrub(await test.take({profiles: [ada, grace]}))
    expect((await test.again()).map(({status}) => status)).to.deep.equal(['known', 'known'])
  })
})
