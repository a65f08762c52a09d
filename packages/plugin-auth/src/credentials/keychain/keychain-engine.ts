/** One library that can talk to the keychain. Runs in the helper process only: any call may block for ever. */
export interface KeychainEngine {
  get(service: string, account: string): Promise<string | null>
  set(service: string, account: string, secret: string): Promise<void>
  /** False only where the entry is proven absent. */
  delete(service: string, account: string): Promise<boolean>
}

/** In the order in which they are tried for writing. Reading and deleting use the one that wrote. */
export const ENGINES = ['keytar', 'keyring'] as const

export type EngineName = (typeof ENGINES)[number]

export const isEngineName = (name: string): name is EngineName => ENGINES.some((engine) => engine === name)

/** An engine's own failure, told from the libraries' texts by `explainFailure`. */
export const CANNOT_TELL_LOCKED_FROM_ABSENT = 'credentials: locked or absent'
