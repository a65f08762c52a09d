import {expect} from 'chai'
import {chooseCredentialStore, type CredentialStoreChoice} from '../../src/credentials/choose-credential-store.js'
import type {CredentialStore} from '../../src/credentials/credential-store.js'
import {AuthError, type AuthErrorCode} from '../../src/errors.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'

describe('choosing a credential store', () => {
  const file: CredentialStore = {...createMemoryCredentialStore(), kind: 'file'}
  const keychain = createMemoryCredentialStore()
  const failing = (code: AuthErrorCode): CredentialStore => ({
    ...keychain,
    check: () => Promise.reject(new AuthError(code, 'There is no bus.', ['Start a bus.'])),
  })
  const choice: CredentialStoreChoice = {
    mode: 'auto',
    insecureStorage: false,
    keychain,
    file,
    variableName: 'ACME_CREDENTIAL_STORE',
    keyVariableName: 'ACME_API_KEY',
  }

  it('takes a keychain that works', async () => {
    expect(await chooseCredentialStore(choice)).to.equal(keychain)
    expect(await chooseCredentialStore({...choice, mode: 'keychain'})).to.equal(keychain)
  })

  it('takes the file that was asked for without touching the keychain', async () => {
    const untouchable = failing('KEYCHAIN_ERROR')
    expect(await chooseCredentialStore({...choice, keychain: untouchable, insecureStorage: true})).to.equal(file)
    expect(await chooseCredentialStore({...choice, keychain: untouchable, mode: 'file'})).to.equal(file)
  })

  it('without anybody to ask, refuses with the reason and every way out', async () => {
    const error = await refusal(
      chooseCredentialStore({...choice, keychain: failing('KEYCHAIN_UNAVAILABLE')}),
      'KEYCHAIN_UNAVAILABLE',
    )
    expect(error.message).to.equal('There is no bus.')
    expect(error.exitCode).to.equal(5)
    for (const wayOut of ['Start a bus.', '--insecure-storage', 'ACME_CREDENTIAL_STORE=file', 'ACME_API_KEY']) {
      expect(error.suggestions.join('\n')).to.include(wayOut)
    }
  })

  it('asks a person, who hears the reason', async () => {
    const unavailable = {...choice, keychain: failing('KEYCHAIN_UNAVAILABLE')}
    const heard: string[] = []
    const confirmPlainFile = async ({message}: AuthError) => heard.push(message) > 0
    expect(await chooseCredentialStore({...unavailable, confirmPlainFile})).to.equal(file)
    expect(heard).to.deep.equal(['There is no bus.'])
    await refusal(chooseCredentialStore({...unavailable, confirmPlainFile: async () => false}), 'KEYCHAIN_UNAVAILABLE')
  })

  it('does not ask where only the keychain is wanted', async () => {
    const confirmPlainFile = () => Promise.reject(new Error('asked'))
    await refusal(
      chooseCredentialStore({...choice, mode: 'keychain', keychain: failing('KEYCHAIN_UNAVAILABLE'), confirmPlainFile}),
      'KEYCHAIN_UNAVAILABLE',
    )
  })

  for (const code of ['KEYCHAIN_LOCKED', 'KEYCHAIN_TIMEOUT', 'KEYCHAIN_ERROR'] as const) {
    it(`never turns ${code} into a plain file`, async () => {
      const confirmPlainFile = () => Promise.reject(new Error('asked'))
      await refusal(chooseCredentialStore({...choice, keychain: failing(code), confirmPlainFile}), code)
    })
  }

  it('refuses a file store that cannot be written', async () => {
    const full = {...file, check: () => Promise.reject(new AuthError('STORAGE_ERROR', 'The disk is full.'))}
    await refusal(chooseCredentialStore({...choice, file: full, insecureStorage: true}), 'STORAGE_ERROR')
  })
})
