import {createFileStore} from '../../src/credentials/file/file-store.js'
import {createKeychainStore} from '../../src/credentials/keychain/keychain-store.js'
import {ENGINES} from '../../src/credentials/keychain/keychain-engine.js'
import {createFolder} from '../../src/storage/folder.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {requireTools} from '../support/requires.js'
import {SECRET_SERVICE_TOOLS, type SecretService, startSecretService} from '../support/secret-service.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {describeNativeKeychain} from '../native/native-keychain.js'
import {describeCredentialStore} from './credential-store.contract.js'

describeCredentialStore('memory', () => () => createMemoryCredentialStore())

describeCredentialStore('file', () => {
  const temporary = useTemporaryFolder()
  return () => createFileStore({folder: createFolder({path: temporary(), warn() {}}), service: 'test-host'})
})

for (const engine of ENGINES) {
  describeCredentialStore(`keychain through ${engine} (case 1)`, () => {
    requireTools(...SECRET_SERVICE_TOOLS)
    let service: SecretService
    let count = 0
    before(async () => {
      service = await startSecretService()
    })
    after(() => service?.stop())

    return () =>
      createKeychainStore({
        service: `test-host-${++count}`,
        env: service.env,
        engines: [engine],
        interactive: false,
      })
  })
}

describe('what macOS and Windows are tested for, on Linux', () => {
  requireTools(...SECRET_SERVICE_TOOLS)
  let service: SecretService
  before(async () => {
    service = await startSecretService()
  })
  after(() => service?.stop())

  describeNativeKeychain(() => service.env)
})
