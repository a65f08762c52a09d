import {AuthError, type AuthErrorCode, suggest, type Suggestion} from '../../errors.js'
import type {HelperOutcome} from './await-reply.js'
import {CANNOT_TELL_LOCKED_FROM_ABSENT} from './keychain-engine.js'
import type {HelperRequest} from './helper-protocol.js'

export type HelperFailure = Exclude<HelperOutcome, {kind: 'done'}>

type Call = Pick<HelperRequest, 'operation' | 'engines' | 'service' | 'account'>

interface Explanation {
  code: AuthErrorCode
  message: string
  suggestions: Suggestion[]
}

/**
 * A failure of the helper as a sentence. What no rule knows is `KEYCHAIN_ERROR`, never "not found". The library's own
 * text may quote a value, so it stays out of the message and of everything that is printed or serialised.
 */
export function explainFailure(failure: HelperFailure, call: Call): AuthError {
  const {code, message, suggestions} = explain(failure, call)
  const error = new AuthError(code, message, suggestions)
  if (failure.kind === 'failed') Object.defineProperty(error, 'libraryText', {value: failure.text})
  return error
}

/** The wording of each library and of the daemons behind it, as met; D-Bus error names first, they are never translated. */
function explanationOf(text: string): Explanation | undefined {
  return RULES.find(([pattern]) => pattern.test(text))?.[1]
}

function explain(failure: HelperFailure, call: Call): Explanation {
  if (failure.kind === 'timeout') {
    const explanation = timedOut(failure.after)
    if (call.operation !== 'set') return explanation
    const place = `service ${call.service}, account ${call.account}`
    const trace = `If the keychain writes it all the same, the entry is useless and may be deleted: ${place}.`
    return {...explanation, suggestions: [...explanation.suggestions, trace]}
  }

  if (failure.kind === 'crashed') {
    return {
      code: 'KEYCHAIN_ERROR',
      message: 'The process that talks to the keychain ended without an answer.',
      suggestions: ['Try again; if it happens each time, restart the keychain of this system.'],
    }
  }

  if (failure.stage === 'load') return notLoadable(call)
  if (failure.stage === 'verify') {
    return {
      code: 'KEYCHAIN_ERROR',
      message: 'The keychain gave back something else than was just written to it.',
      suggestions: ['Try again; if it happens each time, the keychain of this system is damaged.'],
    }
  }

  return (
    explanationOf(failure.text) ?? {
      code: 'KEYCHAIN_ERROR',
      message: `The keychain reported an error that ${call.operation === 'get' ? 'says neither that the entry is there nor that it is not' : 'is not known'}.`,
      suggestions: ['Try again; if it happens each time, look at the log of the keychain of this system.'],
    }
  )
}

const timedOut = (after: number): Explanation => ({
  code: 'KEYCHAIN_TIMEOUT',
  message: `The keychain did not answer within ${after < 1000 ? `${after} ms` : `${Math.round(after / 100) / 10} s`}.`,
  suggestions: [
    'If a dialog asks for the password of the keychain, unlock it there, then try again.',
    'If there is no dialog, restart the keychain of this system.',
  ],
})

/** The account is a random id, so the rescue command gives nothing away. */
function notLoadable({operation, engines, service, account}: Call): Explanation {
  const names = engines.map((engine) => LIBRARIES[engine]).join(' nor ')
  if (operation === 'set' || operation === 'check') {
    return {
      code: 'KEYCHAIN_UNAVAILABLE',
      message: `The keychain cannot be used: ${engines.length > 1 ? 'neither ' : ''}${names} ${engines.length > 1 ? 'loads' : 'does not load'} on this machine.`,
      suggestions: [REINSTALL],
    }
  }

  const attribute = engines[0] === 'keyring' ? 'username' : 'account'
  return {
    code: 'KEYCHAIN_UNAVAILABLE',
    message: `The credential was written with ${names}, which does not load on this machine; the entry itself may be intact.`,
    suggestions: [
      REINSTALL,
      ...(process.platform === 'linux'
        ? [`Read the entry with \`secret-tool lookup service ${service} ${attribute} ${account}\`.`]
        : []),
      suggest('auth:login', undefined, 'to log in again'),
    ],
  }
}

const REINSTALL = `Install this program again${process.platform === 'linux' ? ', and libsecret if it is missing (libsecret-1-0)' : ''}.`

const LIBRARIES = {keytar: 'keytar', keyring: '@napi-rs/keyring'} as const

const unavailable = (reason: string, ...suggestions: Suggestion[]): Explanation => ({
  code: 'KEYCHAIN_UNAVAILABLE',
  message: `The keychain cannot be used: ${reason}.`,
  suggestions,
})

export const NO_BUS = unavailable(
  'there is no D-Bus session bus, through which the Secret Service is reached',
  'Run the command inside a desktop session, or in a shell started with `dbus-run-session`.',
)

export const TOO_LONG: Explanation = {
  code: 'KEYCHAIN_ERROR',
  message: 'The secret is longer than the keychain of this system takes.',
  suggestions: [suggest('auth:token', undefined, 'to use an API key, which is shorter')],
}

const RULES: [RegExp, Explanation][] = [
  [
    /Error\.IsLocked|unlock prompt was dismissed|locked collection|Secret Service: object locked|a locked object/i,
    {
      code: 'KEYCHAIN_LOCKED',
      message: 'The keychain is locked, and it was not unlocked.',
      suggestions: ['Unlock the keychain, then try again.'],
    },
  ],
  [
    new RegExp(CANNOT_TELL_LOCKED_FROM_ABSENT),
    {
      code: 'KEYCHAIN_ERROR',
      message: 'The keychain is locked or the entry is gone; which of the two cannot be told on this machine.',
      suggestions: ['Unlock the keychain, then try again.', suggest('auth:login', undefined, 'to log in again')],
    },
  ],
  [
    /^ERR_ACCESS_DENIED$/,
    unavailable(
      'Node.js was started with --permission, and without the permission to start processes',
      'Start it with --allow-child-process, or without --permission.',
    ),
  ],
  [
    /was not provided by any|exited with status|StartServiceByName|Error\.Spawn\.|ServiceUnknown|received signal/i,
    unavailable(
      'no Secret Service runs on the session bus',
      'Install and start one, such as gnome-keyring, KeePassXC or KWallet.',
    ),
  ],
  [/autolaunch|Could not connect|Failed to connect to|Connection refused|No DBus/i, NO_BUS],
  [
    /without replying|connection is closed|disconnected before a reply/i,
    unavailable('the Secret Service ended during the call', 'Start the Secret Service again, then try again.'),
  ],
  [
    /no result found|Object does not exist at path|No such secret collection|No such interface/i,
    unavailable(
      'the Secret Service has no keyring to write to',
      'Create a default keyring, for instance with Seahorse or by logging in to the desktop once.',
    ),
  ],
  [/Did not receive a reply|Timeout was reached|Error\.(?:NoReply|Timeout|TimedOut)/i, timedOut(2_000)],
  [
    /NotSupported/i,
    unavailable('the Secret Service offers no encrypted session', 'Use another Secret Service, such as gnome-keyring.'),
  ],
  [
    /matched by \d+ credentials|Ambiguous/i,
    {
      code: 'KEYCHAIN_ERROR',
      message: 'The keychain holds more than one entry under the same name, so none of them can be trusted.',
      suggestions: ['Remove the entries with the keychain program of this system, then log in again.'],
    },
  ],
  [
    /User interaction is not allowed|-25308/i,
    unavailable(
      'macOS does not let this session ask for it (as over SSH)',
      'Run `security unlock-keychain` first, or run the command in a desktop session.',
    ),
  ],
  [
    /NO_SUCH_LOGON_SESSION|logon session does not exist|\b1312\b/i,
    unavailable(
      'Windows has no Credential Manager in this kind of session (as over SSH)',
      'Run the command in a desktop session.',
    ),
  ],
  [/stub received bad data|longer than the platform limit/i, TOO_LONG],
  [
    /error occurred on the device|No space/i,
    {
      code: 'KEYCHAIN_ERROR',
      message: 'The keychain could not save: its disk is full or read-only.',
      suggestions: ['Free some space, then try again.'],
    },
  ],
]
