import {AuthError, isAuthError, type Suggestion} from '../errors.js'
import type {CredentialStore} from './credential-store.js'

export type CredentialStoreMode = 'auto' | 'keychain' | 'file'

export interface CredentialStoreChoice {
  mode: CredentialStoreMode
  /** `--insecure-storage`, in this invocation. */
  insecureStorage: boolean
  keychain: CredentialStore
  file: CredentialStore
  /** The host's name of the variable that sets the mode. */
  variableName: string
  /** The name of the variable that holds an API key. */
  keyVariableName: string
  /** Asks a person whether a plain file will do. Absent where there is nobody to ask. */
  confirmPlainFile?: ((reason: AuthError) => Promise<boolean>) | undefined
}

/**
 * The store to write with, proved by writing to it. A secret goes into a plain file only where a person asked for that,
 * beforehand or now. A keychain that is locked or slow is not a reason to ask: it will be back, and the secret would stay
 * in the file.
 */
export async function chooseCredentialStore(choice: CredentialStoreChoice): Promise<CredentialStore> {
  const {mode, insecureStorage, keychain, file, confirmPlainFile} = choice
  const proved = async (store: CredentialStore) => {
    await store.check()
    return store
  }

  if (insecureStorage || mode === 'file') return proved(file)
  try {
    return await proved(keychain)
  } catch (error) {
    if (!isAuthError(error) || error.code !== 'KEYCHAIN_UNAVAILABLE') throw error
    const refusal = withWaysOut(error, choice)
    if (mode === 'auto' && (await confirmPlainFile?.(refusal))) return proved(file)
    throw refusal
  }
}

function withWaysOut(
  {code, message, suggestions}: AuthError,
  {variableName, keyVariableName}: CredentialStoreChoice,
): AuthError {
  const waysOut: Suggestion[] = [
    'Pass `--insecure-storage` to keep the secret in a plain file that only you can read.',
    `Set ${variableName}=file to do so always.`,
    `Set ${keyVariableName} to use an API key that is not kept at all.`,
  ]
  return new AuthError(code, message, [...suggestions, ...waysOut])
}
