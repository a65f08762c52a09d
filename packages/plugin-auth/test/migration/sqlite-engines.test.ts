import {expect} from 'chai'
import {loadEngine} from '../../src/migration/sqlite/load-engine.js'
import {createNodeEngine, findNodeSqlite} from '../../src/migration/sqlite/node-engine.js'
import {createWasmEngine} from '../../src/migration/sqlite/wasm-engine.js'
import {itIsASqliteEngine} from './sqlite-engine.contract.js'

describe('SQLite in WebAssembly', () => {
  itIsASqliteEngine(createWasmEngine)
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
