import {createNodeEngine, findNodeSqlite} from './node-engine.js'
import type {SqliteEngine} from './sqlite-engine.js'

/** The SQLite that Node brings along, else one in WebAssembly, loaded only then. */
export async function loadEngine(): Promise<SqliteEngine> {
  const nodeSqlite = findNodeSqlite()
  if (nodeSqlite) return createNodeEngine(nodeSqlite)
  const {createWasmEngine} = await import('./wasm-engine.js')
  return createWasmEngine()
}
