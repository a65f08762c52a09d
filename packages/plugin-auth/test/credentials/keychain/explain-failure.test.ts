import {inspect} from 'node:util'
import {expect} from 'chai'
import {explainFailure} from '../../../src/credentials/keychain/explain-failure.js'
import type {AuthErrorCode} from '../../../src/errors.js'

/** The libraries' own texts, as met on Linux and as their sources have them for macOS and Windows. */
const TEXTS: [text: string, code: AuthErrorCode][] = [
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'KEYCHAIN_UNAVAILABLE'],
  ['Could not connect: No such file or directory', 'KEYCHAIN_UNAVAILABLE'],
  ['Platform failure: DBus error: Failed to connect to socket /nope: No such file', 'KEYCHAIN_UNAVAILABLE'],
  ['The name org.freedesktop.secrets was not provided by any .service files', 'KEYCHAIN_UNAVAILABLE'],
  ['Process org.freedesktop.secrets exited with status 1', 'KEYCHAIN_UNAVAILABLE'],
  ['Message recipient disconnected from message bus without replying', 'KEYCHAIN_UNAVAILABLE'],
  ['Object does not exist at path "/org/freedesktop/secrets/collection/login"', 'KEYCHAIN_UNAVAILABLE'],
  ["Couldn't access platform storage: Secret Service: no result found", 'KEYCHAIN_UNAVAILABLE'],
  ['org.freedesktop.DBus.Error.NotSupported', 'KEYCHAIN_UNAVAILABLE'],
  ['User interaction is not allowed.', 'KEYCHAIN_UNAVAILABLE'],
  ['A specified logon session does not exist. It may already have been terminated.', 'KEYCHAIN_UNAVAILABLE'],
  ['Cannot create an item in a locked collection', 'KEYCHAIN_LOCKED'],
  ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", 'KEYCHAIN_LOCKED'],
  ['zbus error: org.freedesktop.Secret.Error.IsLocked: gesperrt', 'KEYCHAIN_LOCKED'],
  ['Did not receive a reply. Possible causes include', 'KEYCHAIN_TIMEOUT'],
  ['Entry is matched by 2 credentials: [/org/freedesktop/secrets/collection/login/1]', 'KEYCHAIN_ERROR'],
  ['The stub received bad data.', 'KEYCHAIN_ERROR'],
  ["Couldn't create item: An error occurred on the device", 'KEYCHAIN_ERROR'],
  ['ERR_ACCESS_DENIED', 'KEYCHAIN_UNAVAILABLE'],
  ['Kein Speicher mehr', 'KEYCHAIN_ERROR'],
]

describe('explaining what a keychain library said', () => {
  const call = {operation: 'get', engines: ['keytar'], service: 'test-host', account: 'one'} as const

  for (const [text, code] of TEXTS) {
    it(`takes "${text.slice(0, 60)}" for ${code}`, () => {
      const error = explainFailure({kind: 'failed', stage: 'call', engine: 'keytar', text}, call)
      expect(error.code).to.equal(code)
      expect(error.suggestions).not.to.be.empty
    })
  }

  it('shows nothing of a text that may hold a value', () => {
    const text = 'Failed to convert JavaScript value `Object {"key":"llx-canary"}`'
    const error = explainFailure({kind: 'failed', stage: 'call', engine: 'keyring', text}, call)
    expect(error.code).to.equal('KEYCHAIN_ERROR')
    expect(inspect(error) + error.stack + JSON.stringify(error)).not.to.include('canary')
  })
})
