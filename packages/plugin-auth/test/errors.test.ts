import {readFileSync} from 'node:fs'
import {expect} from 'chai'
import {AuthError, type AuthErrorCode, EXIT_CODES, isAuthError, suggest} from '../src/errors.js'

describe('errors', () => {
  it('have these codes and exit codes, which scripts rely on', () => {
    expect(EXIT_CODES).to.deep.equal({
      PROFILE_NOT_FOUND: 1,
      PROFILE_EXISTS: 1,
      ENVIRONMENT_NOT_FOUND: 1,
      PROJECT_NOT_FOUND: 1,
      NO_PROJECTS: 1,
      NOTHING_TO_IMPORT: 1,
      SERVER_ERROR: 1,
      NETWORK_ERROR: 1,
      LOGIN_NOT_SUPPORTED: 1,
      LOGIN_FAILED: 1,
      LOGIN_DENIED: 1,
      LOGIN_EXPIRED: 1,
      LOGIN_NOT_FOUND: 1,
      STORAGE_ERROR: 1,
      HOST_MISCONFIGURED: 1,
      UNEXPECTED_ERROR: 1,
      USAGE: 2,
      INPUT_REQUIRED: 2,
      LOGIN_PENDING: 3,
      NOT_LOGGED_IN: 4,
      CREDENTIAL_REJECTED: 4,
      CREDENTIAL_MISSING: 4,
      KEYCHAIN_LOCKED: 5,
      KEYCHAIN_UNAVAILABLE: 5,
      KEYCHAIN_TIMEOUT: 5,
      KEYCHAIN_ERROR: 5,
      COMMAND_NOT_STARTED: 126,
      COMMAND_NOT_FOUND: 127,
      CANCELLED: 130,
    })
  })

  it('are explained in docs/errors.md, each with its exit code and a way out', () => {
    const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
    const rows = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| [^|]+ \| [^|]+ \|$/gm)]
    expect(rows.map(([, code, exit]) => [code, Number(exit)])).to.deep.equal(Object.entries(EXIT_CODES))
  })

  it('are all named in the README', () => {
    const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    for (const [code, exit] of Object.entries(EXIT_CODES)) {
      expect(text, code).to.match(new RegExp(`^\\| ${exit} \\|.*\`${code}\``, 'm'))
    }
  })

  it('carry their exit code where oclif 4 looks for it and where oclif 5 does', () => {
    for (const [code, exit] of Object.entries(EXIT_CODES)) {
      const error = new AuthError(code as AuthErrorCode, 'It failed.')
      expect(error, code).to.include({code, message: 'It failed.', exitCode: exit})
      expect(error.oclif, code).to.deep.equal({exit})
    }
  })

  it('keep their cause out of what is serialised', () => {
    const error = new AuthError('USAGE', 'It failed.', [], {cause: new Error('canary')})
    expect((error.cause as Error).message).to.equal('canary')
    expect(Object.keys(error)).not.to.include('cause')
    expect(JSON.stringify(error)).not.to.include('canary')
  })

  it('suggest a command by its id, with arguments and a reason where there are some', () => {
    expect(suggest('auth:login')).to.deep.equal({command: 'auth:login'})
    expect(suggest('auth:login', '', 'to log in')).to.deep.equal({command: 'auth:login', to: 'to log in'})
    expect(suggest('auth:token', '--name ci')).to.deep.equal({command: 'auth:token', args: '--name ci'})
  })

  describe('are known by their shape', () => {
    const shaped = (fields: object): Error => Object.assign(new Error('It failed.'), fields)
    const whole = {code: 'USAGE', exitCode: 2, suggestions: []}

    it('also when another copy of this plugin threw them', () => {
      expect(isAuthError(new AuthError('USAGE', 'It failed.'))).to.equal(true)
      expect(isAuthError(shaped(whole))).to.equal(true)
      expect(isAuthError(shaped({...whole, code: 'OF_A_NEWER_VERSION'}))).to.equal(true)
    })

    for (const [what, value] of Object.entries({
      'an error of the system': shaped({code: 'ENOENT'}),
      'an error without a code': new Error('It failed.'),
      'a code that is a number': shaped({...whole, code: 2}),
      'a code that every object has': shaped({...whole, code: 'toString'}),
      'a code of ours on an error of somebody else': shaped({code: 'CANCELLED'}),
      'an object that is no error': whole,
      'a text': 'USAGE',
      nothing: undefined,
      null: null,
    })) {
      it(`and ${what} is none`, () => {
        expect(isAuthError(value)).to.equal(false)
      })
    }
  })
})
