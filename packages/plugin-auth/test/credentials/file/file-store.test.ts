import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {inspect} from 'node:util'
import {expect} from 'chai'
import {createFileStore} from '../../../src/credentials/file/file-store.js'
import {Secret} from '../../../src/secret.js'
import {createFolder} from '../../../src/storage/folder.js'
import {refusal} from '../../support/refusal.js'
import {useTemporaryFolder} from '../../support/temporary-folder.js'

describe('the file store', () => {
  const temporary = useTemporaryFolder()
  const open = (service = 'test-host') =>
    createFileStore({folder: createFolder({path: temporary(), warn() {}}), service})
  const pathOf = (account: string) => join(temporary(), 'credentials', `${account}.json`)

  it('keeps one file per account, for its user alone', async () => {
    const reference = await open().set('id-1', new Secret('llx-one'))
    expect(reference).to.deep.equal({store: 'file', engine: 'plain', service: 'test-host', account: 'id-1'})
    expect(JSON.parse(readFileSync(pathOf('id-1'), 'utf8'))).to.deep.equal({
      version: 1,
      service: 'test-host',
      account: 'id-1',
      secret: 'llx-one',
    })
    if (process.platform !== 'win32') expect(statSync(pathOf('id-1')).mode & 0o777).to.equal(0o600)
  })

  it('leaves nothing behind after a check', async () => {
    await open().check()
    expect(readdirSync(join(temporary(), 'credentials'))).to.deep.equal([])
  })

  it('keeps the keys of a newer program', async () => {
    await open().set('id-1', new Secret('llx-one'))
    const document = JSON.parse(readFileSync(pathOf('id-1'), 'utf8')) as object
    writeFileSync(pathOf('id-1'), JSON.stringify({...document, colour: 'red'}))
    await open().set('id-1', new Secret('llx-two'))
    expect(JSON.parse(readFileSync(pathOf('id-1'), 'utf8'))).to.include({secret: 'llx-two', colour: 'red'})
  })

  for (const account of ['', '..', '.hidden', '../x', 'a/b', 'a b', 'ü', 'a'.repeat(101)]) {
    it(`refuses the account ${JSON.stringify(account.slice(0, 20))}`, async () => {
      await refusal(open().set(account, new Secret('llx-one')), 'STORAGE_ERROR')
      await refusal(open().get({store: 'file', engine: 'plain', service: 'test-host', account}), 'STORAGE_ERROR')
      expect(readdirSync(temporary())).to.deep.equal([])
    })
  }

  it('refuses a damaged file without quoting it, and without calling it absent', async () => {
    const reference = await open().set('id-1', new Secret('llx-canary'))
    for (const text of ['{"secret": "llx-canary"', '{"version": 1, "service": "test-host", "account": "llx-canary"}']) {
      writeFileSync(pathOf('id-1'), text)
      const error = await refusal(open().get(reference), 'STORAGE_ERROR')
      expect(error.message).to.include(pathOf('id-1'))
      expect(inspect(error, {showHidden: true, depth: 9})).not.to.include('canary')
      await refusal(open().delete(reference), 'STORAGE_ERROR')
      expect(readFileSync(pathOf('id-1'), 'utf8')).to.equal(text)
    }
  })

  it('does not call absent what a newer version keeps', async () => {
    const reference = {store: 'file', engine: 'sealed', service: 'test-host', account: 'id-1'} as const
    await refusal(open().get(reference), 'STORAGE_ERROR')
    await refusal(open().delete(reference), 'STORAGE_ERROR')
  })

  it('does not read the secret of another host', async () => {
    const reference = await open('another-host').set('id-1', new Secret('llx-one'))
    await refusal(open().get({...reference, service: 'test-host'}), 'STORAGE_ERROR')
    await refusal(open().set('id-1', new Secret('llx-two')), 'STORAGE_ERROR')
  })
})
