// Milliseconds of the calls of one credential store, as JSON. A process of its own, as large as the CLI when it calls: starting a
// helper takes the longer the more memory the one that starts it has.
import {randomUUID} from 'node:crypto'

const [kind, roundsText, folder] = process.argv.slice(2)
const room = new URL('../../packages/plugin-auth/dist/', import.meta.url)
const {Secret} = await import(new URL('secret.js', room).href)

async function open() {
  const service = 'llamactl-bench'
  if (kind !== 'file') {
    const {createKeychainStore} = await import(new URL('credentials/keychain/keychain-store.js', room).href)
    return createKeychainStore({service, engines: [kind]})
  }
  const {createFileStore} = await import(new URL('credentials/file/file-store.js', room).href)
  const {createFolder} = await import(new URL('storage/folder.js', room).href)
  return createFileStore({folder: createFolder({path: folder, warn: () => undefined}), service})
}

const store = await open()
const took = {check: [], set: [], get: [], delete: []}
const time = async (name, work) => {
  const began = performance.now()
  const result = await work()
  took[name].push(performance.now() - began)
  return result
}

for (let round = 0; round < Number(roundsText); round++) {
  await time('check', () => store.check())
  const reference = await time('set', () => store.set(randomUUID(), new Secret('llx-bench-made-up')))
  if (!(await time('get', () => store.get(reference)))) throw new Error('What was kept is not there.')
  await time('delete', () => store.delete(reference))
}

process.stdout.write(JSON.stringify(took))
