import {expect} from 'chai'
import {inspect} from 'node:util'
import {deviceLogin, writePythonDatabase} from '../support/python-database.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {openMigration, type TestMigration} from './support/open-migration.js'

describe('reading a database of the Python llamactl', () => {
  const folder = useTemporaryFolder()
  let test: TestMigration

  beforeEach(() => {
    test = openMigration(folder())
  })

  const read = async (content: Parameters<typeof writePythonDatabase>[1]) => {
    await writePythonDatabase(test.database, content)
    return test.migration.read(test.database)
  }

  it('holds no secret that could be printed', async () => {
    const stored = await read({
      profiles: [{name: 'ada', api_url: 'x', api_key: 'canary-key', device_oidc: deviceLogin()}],
    })
    expect(stored.profiles[0]?.api_key?.reveal()).to.equal('canary-key')
    expect(JSON.stringify(stored) + inspect(stored, {depth: 9})).not.to.contain('canary')
  })

  it('takes only text for text', async () => {
    const stored = await read({
      profiles: [
        {name: Buffer.from('blob'), api_url: 'x', project_id: Buffer.from('blob'), api_key: Buffer.from('blob')},
      ],
    })
    expect(stored.profiles[0]).to.deep.include({name: null, project_id: null, api_key: null})
  })

  it('takes no number for text, however large it is', async () => {
    const stored = await read({
      then: `DROP TABLE settings; CREATE TABLE settings (key TEXT, value);
        INSERT INTO settings VALUES ('current_profile', ${2n ** 62n})`,
    })
    expect(stored.currentProfile).to.equal(null)
  })

  it('reads what an environment requires in the way of Python', async () => {
    const flags = [0, 1, 2, '', 'yes', 9_007_199_254_740_993n]
    const stored = await read({
      environments: flags.map((requires_auth, index) => ({api_url: `x${index}`, requires_auth})),
    })
    expect(stored.environments.map(({requires_auth}) => requires_auth)).to.deep.equal([
      false,
      true,
      true,
      true,
      true,
      true,
    ])
  })

  it('does without the tables that the first schema had not', async () => {
    const stored = await read({version: 0, then: 'DROP TABLE settings'})
    expect(stored).to.deep.equal({profiles: [], environments: [], currentProfile: null, currentEnvironment: null})
  })

  for (const [what, then, message] of [
    ['is of a newer schema', 'PRAGMA user_version = 3', /newer/],
    ['is of another program', 'DROP TABLE profiles', /no profiles/],
    ['has a table of that name with other columns', 'DROP TABLE profiles; CREATE TABLE profiles (x)', /no profiles/],
    [
      'has a view for a table',
      `DROP TABLE profiles; CREATE VIEW profiles AS
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS name, i AS api_url FROM n`,
      /no profiles/,
    ],
    [
      'has more profiles than anybody has',
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1001)
        INSERT INTO profiles (name, api_url, project_id) SELECT 'n' || i, 'x', 'y' FROM n`,
      /more than 1000/,
    ],
  ] as const) {
    it(`refuses one that ${what}`, async () => {
      const {message: said, suggestions} = await refusal(read({then}), 'STORAGE_ERROR')
      expect(said).to.match(message).and.to.contain(test.database)
      expect(suggestions).to.have.lengthOf(1)
    })
  }
})
