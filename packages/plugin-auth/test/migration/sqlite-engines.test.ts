import {expect} from 'chai'
import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {loadEngine} from '../../src/migration/sqlite/load-engine.js'
import {createNodeEngine, findNodeSqlite} from '../../src/migration/sqlite/node-engine.js'
import {createWasmEngine} from '../../src/migration/sqlite/wasm-engine.js'
import {pythonDatabase, writePythonDatabase} from '../support/python-database.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {itIsASqliteEngine} from './sqlite-engine.contract.js'

describe('SQLite in WebAssembly', () => {
  itIsASqliteEngine(createWasmEngine)

  const folder = useTemporaryFolder()

  it('leaves what it changed to its user alone', async () => {
    const path = join(folder(), 'profiles.db')
    await writePythonDatabase(path, {})
    await (await createWasmEngine()).change(path, () => undefined)
    expect(statSync(path).mode & 0o777).to.equal(0o600)
  })

  it('does not overwrite what somebody wrote while it worked', async () => {
    const path = join(folder(), 'profiles.db')
    await writePythonDatabase(path, {profiles: [{name: 'ada', api_url: 'x'}]})
    const newer = await pythonDatabase({profiles: [{name: 'grace', api_url: 'x'}]})
    const engine = await createWasmEngine()
    const {message} = await refusal(
      engine.change(path, () => writeFileSync(path, newer)),
      'STORAGE_ERROR',
    )
    expect(message).to.contain('in use')
    expect(readFileSync(path)).to.deep.equal(Buffer.from(newer))
  })
})

const nodeSqlite = findNodeSqlite()

// Node 20 has none: there is nothing that could be required.
if (nodeSqlite) {
  describe('the SQLite of Node', () => {
    itIsASqliteEngine(async () => createNodeEngine(nodeSqlite))
  })
}

describe('the choice between them', () => {
  it('is that of Node where there is one', async () => {
    expect((await loadEngine()).name).to.equal(nodeSqlite ? 'node:sqlite' : 'wasm')
  })

  it('is made without a warning', async () => {
    const warnings: string[] = []
    const listen = (warning: Error) => warnings.push(warning.name)
    process.on('warning', listen)
    findNodeSqlite()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listen)
    expect(warnings).to.deep.equal([])
  })
})
