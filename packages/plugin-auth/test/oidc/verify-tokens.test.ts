import {createHash} from 'node:crypto'

import {expect} from 'chai'
import {SignJWT, UnsecuredJWT} from 'jose'

import type {AuthErrorCode} from '../../src/errors.js'
import type {Answer, Script, Token} from './support/hostile-provider.js'
import {expectError, logIn} from './support/log-in.js'

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs with HMAC, taking the published public key for a shared secret: the classic confusion (RFC 8725 §2.1). */
const signedWithPublicKey = ({claims}: Token): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({alg: 'HS256', kid: 'k1'})
    .sign(new TextEncoder().encode('-----BEGIN PUBLIC KEY-----'))

/** An attacker's claims under an honest signature. */
const tampered: Script = {
  tamper(body) {
    const response = JSON.parse(body) as {id_token: string}
    const [header, claims, signature] = response.id_token.split('.') as [string, string, string]
    const changed = {...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sub: 'somebody-else'}
    return {body: {...response, id_token: [header, segment(changed), signature].join('.')}}
  },
}

const issue = (change: (token: Token) => void): Script => ({issue: change})
const claims = (values: Record<string, unknown>): Script => issue((token) => Object.assign(token.claims, values))
/** Seconds from the moment the token is issued. */
const timed = (offsets: Record<string, number>): Script =>
  issue(({claims}) => {
    for (const [name, seconds] of Object.entries(offsets)) claims[name] = Math.floor(Date.now() / 1000) + seconds
  })
const advertise =
  (...algorithms: string[]): Script['discovery'] =>
  (metadata) => ({body: {...metadata, id_token_signing_alg_values_supported: algorithms}})

const REFUSED: Record<string, {script: Script; code?: AuthErrorCode; message?: RegExp}> = {
  'another issuer': {script: claims({iss: 'https://other.example'})},
  'another audience': {script: claims({aud: 'somebody-else'})},
  'a foreign azp': {script: claims({azp: 'somebody-else'}), message: /made for another client/},
  'several audiences without azp': {script: claims({aud: ['cli', 'other']})},
  'several audiences with a foreign azp': {script: claims({aud: ['cli', 'other'], azp: 'other'})},
  'an hour past its exp': {script: timed({exp: -3600}), message: /not valid at this computer's time/},
  'an nbf in ten minutes': {script: timed({nbf: 600}), message: /not valid at this computer's time/},
  'an iat in an hour': {
    script: timed({iat: 3600, exp: 7200}),
    message: /not valid at this computer's time/,
  },
  'no exp': {script: issue(({claims}) => delete claims['exp'])},
  'no sub': {script: issue(({claims}) => delete claims['sub'])},
  'an empty sub': {script: claims({sub: ''})},
  'a sub of 256 characters': {script: claims({sub: 'x'.repeat(256)}), message: /names nobody/},
  'a sub that paints the terminal': {script: claims({sub: 'a\u001B[2J'}), message: /names nobody/},
  'alg none': {script: issue((token) => (token.sign = ({claims}) => new UnsecuredJWT(claims).encode()))},
  'alg none, advertised': {
    script: {
      discovery: advertise('none', 'RS256'),
      issue: (token) => (token.sign = ({claims}) => new UnsecuredJWT(claims).encode()),
    },
  },
  'HS256 with the public key': {script: issue((token) => (token.sign = signedWithPublicKey))},
  'HS256 with the public key, advertised': {
    script: {discovery: advertise('HS256', 'RS256'), issue: (token) => (token.sign = signedWithPublicKey)},
  },
  'changed claims': {script: tampered, message: /signature verification failed/},
  'a foreign key under the same kid': {script: issue((token) => (token.sign = 'foreign')), message: /signature/},
  'an unknown kid': {script: issue(({header}) => (header.kid = 'k9'))},
  'a crit header': {
    script: issue((token) => {
      token.sign = ({claims}) =>
        [segment({alg: 'RS256', kid: 'k1', crit: ['x'], x: 1}), segment(claims), 'AA'].join('.')
    }),
  },
  'garbage for an ID token': {script: issue(({response}) => (response['id_token'] = 'device-code-s3cret'))},
  'an encrypted ID token': {script: issue(({response}) => (response['id_token'] = 'eyJhbGciOiJkaXIifQ.a.b.c.d'))},
  'an ID token with a header that is no JSON': {script: issue(({response}) => (response['id_token'] = 'AAAA.e30.AA'))},
  'an ID token with a list for a header': {script: issue(({response}) => (response['id_token'] = 'W10.e30.AA'))},
  'no ID token': {script: issue(({response}) => (response['id_token'] = undefined)), message: /there is no ID token/},
  'a wrong at_hash': {script: claims({at_hash: 'AAAAAAAAAAAAAAAAAAAAAA'}), message: /another access token/},
  'an at_hash that is no text': {script: claims({at_hash: 7}), message: /another access token/},
  'the token type DPoP': {script: issue(({response}) => (response['token_type'] = 'DPoP')), message: /but dpop/},
  'the token type mac': {script: issue(({response}) => (response['token_type'] = 'mac'))},
  'no token type': {script: issue(({response}) => delete response['token_type'])},
  'an expires_in that is no number': {script: issue(({response}) => (response['expires_in'] = {}))},
}

const ACCEPTED: Record<string, Script> = {
  'exp twenty seconds ago': timed({exp: -20}),
  'nbf in twenty seconds': timed({nbf: 20}),
  'iat in two minutes': timed({iat: 120}),
  'our own azp': claims({azp: 'cli'}),
  'several audiences with our azp': claims({aud: ['cli', 'other'], azp: 'cli'}),
  'the right at_hash': claims({
    at_hash: createHash('sha256').update('access-token-s3cret').digest().subarray(0, 16).toString('base64url'),
  }),
  'no kid, with one key': issue(({header}) => delete header.kid),
}

describe('verifying the tokens', () => {
  for (const [what, {script, code = 'LOGIN_FAILED', message}] of Object.entries(REFUSED)) {
    it(`given ${what}, refuses, asks no second time, and revokes the refresh token (login cases 67, 68, 69, 70, 71, 72, 75, 76)`, async () => {
      const {error, provider} = await logIn(script)
      expectError(error, code, message)
      expect(provider.count('POST /as/token')).to.equal(1)
      const revoked = provider.asked.filter(({path}) => path === '/as/revoke')
      expect(revoked.map(({form}) => form.get('token'))).to.deep.equal(['refresh-token-s3cret'])
    })
  }

  for (const [what, script] of Object.entries(ACCEPTED)) {
    it(`given ${what}, accepts (login cases 68, 72)`, async () => {
      const {error, tokens, provider} = await logIn(script)
      expect(error?.message).to.equal(undefined)
      expect(tokens!.identity.subject).to.equal('user-1')
      expect(provider.count('POST /as/revoke')).to.equal(0)
    })
  }

  it('given a wrong clock, says what to check', async () => {
    const {error} = await logIn(timed({exp: -3600}))
    expect(error!.suggestions.join()).to.match(/date, time and time zone/)
  })

  it('given a refusal and a revocation endpoint that fails, still gives the first reason (login case 99)', async () => {
    const {error} = await logIn({...tampered, revoke: () => ({status: 500})})
    expectError(error, 'LOGIN_FAILED', /signature/)
  })

  for (const [what, email] of Object.entries({
    'with an escape sequence': 'a\u001B[31m@example.com',
    'with a line break': 'a@example.com\nb',
    'with invisible characters': 'a\u200B@example.com',
    'without an @': 'somebody',
    'that is no text': 7,
    'of 300 characters': `${'a'.repeat(300)}@example.com`,
  })) {
    it(`given an e-mail ${what}, takes it for none`, async () => {
      const {tokens} = await logIn(claims({email}))
      expect(tokens!.identity).to.deep.equal({subject: 'user-1'})
    })
  }
})

describe('fetching the keys', () => {
  const JWKS = 'GET /as/jwks'

  it('given a second key and its kid in the token, takes that one (login case 73)', async () => {
    const {tokens} = await logIn({
      jwks: ({keys}) => ({body: {keys: [{...keys[0]!, kid: 'old', n: keys[0]!.n!.replace(/^./, 'A')}, ...keys]}}),
    })
    expect(tokens).to.be.an('object')
  })

  it('given two keys and a token without a kid, refuses (login case 72)', async () => {
    const {error} = await logIn({
      issue: ({header}) => delete header.kid,
      jwks: ({keys}) => ({body: {keys: [...keys, {...keys[0]!, kid: 'k2'}]}}),
    })
    expectError(error, 'LOGIN_FAILED', /multiple applicable keys/)
  })

  it('given 500 once, tries again (login case 74)', async () => {
    const {tokens, provider} = await logIn({jwks: (_, {earlier}) => (earlier === 0 ? {status: 500} : undefined)})
    expect(tokens).to.be.an('object')
    expect(provider.count(JWKS)).to.equal(2)
    expect(provider.count('POST /as/token')).to.equal(1)
  })

  it('given a reset once, tries again', async () => {
    const {tokens, provider} = await logIn({jwks: (_, {earlier}) => (earlier === 0 ? {reset: true} : undefined)})
    expect(tokens).to.be.an('object')
    expect(provider.count(JWKS)).to.equal(2)
  })

  for (const [what, answer, code] of [
    ['500 three times', {status: 500}, 'SERVER_ERROR'],
    ['resets three times', {reset: true}, 'NETWORK_ERROR'],
  ] as const) {
    it(`given ${what}, fails after one token request and revokes (login case 74)`, async () => {
      const {error, provider} = await logIn({jwks: () => answer})
      expectError(error, code, /\/as\/jwks/)
      expect(provider.count(JWKS)).to.equal(3)
      expect(provider.count('POST /as/token')).to.equal(1)
      expect(provider.count('POST /as/revoke')).to.equal(1)
    })
  }

  for (const [what, answer] of Object.entries<Answer>({
    HTML: {headers: {'content-type': 'text/html'}, body: '<p>'},
    'a redirect': {status: 302, headers: {location: '/elsewhere'}},
  })) {
    it(`given ${what}, fails (login case 74)`, async () => {
      const {error, provider} = await logIn({jwks: () => answer})
      expectError(error, 'SERVER_ERROR', /\/as\/jwks/)
      expect(provider.count('POST /as/token')).to.equal(1)
      expect(provider.count('POST /as/revoke')).to.equal(1)
    })
  }

  it('given keys that cannot be read, fails', async () => {
    const {error} = await logIn({jwks: () => ({body: {keys: [{kty: 'RSA', kid: 'k1', n: '!', e: 7}]}})})
    expectError(error, 'LOGIN_FAILED')
  })

  it('given two keys under the same kid, refuses', async () => {
    const {error} = await logIn({jwks: ({keys}) => ({body: {keys: [...keys, ...keys]}})})
    expectError(error, 'LOGIN_FAILED', /multiple applicable keys/)
  })
})
