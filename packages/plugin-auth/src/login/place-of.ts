import type {CredentialReference} from '../credentials/credential-store.js'

/** For people who have to look for an entry themselves. */
export const placeOf = ({store, service, account}: CredentialReference): string =>
  store === 'file' ? `the file credentials/${account}.json` : `the keychain (service ${service}, account ${account})`
