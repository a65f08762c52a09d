import {expect} from 'chai'

import {createBoundedFetch} from '../../src/http/bounded-fetch.js'
import {discoverIssuer} from '../../src/oidc/discover-issuer.js'
import {type PollEvent, pollDeviceToken} from '../../src/oidc/poll-device-token.js'
import {Secret} from '../../src/secret.js'
import {type Answer, type Script, startHostileProvider} from './support/hostile-provider.js'
import {createFakeTime, expectError, logIn} from './support/log-in.js'

const PENDING: Answer = {status: 400, body: {error: 'authorization_pending'}}
const SLOW_DOWN: Answer = {status: 400, body: {error: 'slow_down'}}
const RESET: Answer = {reset: true}
const SILENCE: Answer = {hang: true}
const HTML: Answer = {headers: {'content-type': 'text/html'}, body: '<h1>Welcome to the hotel'}
const REDIRECT: Answer = {status: 302, headers: {location: 'http://127.0.0.1:1/portal'}}
const CUT_OFF: Answer = {body: '{"access_token": "access-token-s3cret", "refresh_to'}

const TOKEN = 'POST /as/token'

/** These answers to the first polls, then honest ones. */
const polls = (...answers: Answer[]): Script => ({token: ({earlier}) => answers[earlier]})

const always = (answer: Answer): Script => ({token: () => answer})

describe('polling for the device token', () => {
  it('given an approval, hands over verified tokens that do not print', async () => {
    const {tokens, waits, provider} = await logIn()
    expect(tokens!.identity).to.deep.equal({subject: 'user-1', email: 'dev@example.com'})
    expect(tokens!.expiresIn).to.equal(300)
    expect(tokens!.accessToken.reveal()).to.equal('access-token-s3cret')
    expect(tokens!.refreshToken!.reveal()).to.equal('refresh-token-s3cret')
    expect(JSON.stringify(tokens)).not.to.include('s3cret')
    expect(waits).to.deep.equal([1000])
    const {form, headers} = provider.asked.find(({path}) => path === '/as/token')!
    expect(Object.fromEntries(form)).to.deep.equal({
      client_id: 'cli',
      device_code: 'device-code-s3cret',
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    })
    expect(headers['user-agent']).to.equal('test/1')
  })

  it('given no refresh token, has none (login case 77)', async () => {
    const {tokens} = await logIn({issue: ({response}) => delete response['refresh_token']})
    expect(tokens).not.to.have.property('refreshToken')
  })

  it('waits before the first poll and tells of each one that did not end the login (login case 53)', async () => {
    const {waits, events, tokens} = await logIn(polls(PENDING, PENDING))
    expect(tokens).to.be.an('object')
    expect(waits).to.deep.equal([1000, 1000, 1000])
    expect(events).to.deep.equal([
      {type: 'pending', secondsLeft: 599, nextPollIn: 1, interval: 1},
      {type: 'pending', secondsLeft: 598, nextPollIn: 1, interval: 1},
    ])
  })

  it('after slow_down adds five seconds for good, each time (login case 54)', async () => {
    const {waits, events} = await logIn(polls(SLOW_DOWN, PENDING, SLOW_DOWN, PENDING))
    expect(waits).to.deep.equal([1000, 6000, 6000, 11_000, 11_000])
    expect(events.map(({type}) => type)).to.deep.equal(['slow_down', 'pending', 'slow_down', 'pending'])
  })

  it('after pending, slow_down and a reset keeps the five seconds and doubles (login cases 55, 58)', async () => {
    const {waits, events} = await logIn(polls(PENDING, SLOW_DOWN, RESET, PENDING))
    expect(waits).to.deep.equal([1000, 1000, 6000, 12_000, 6000])
    expect(events[2]!.type).to.equal('retry')
    expect(events[2]!.nextPollIn).to.equal(12)
    expect(events[2]!.reason).to.match(/^Cannot reach 127\.0\.0\.1:\d+\/as\/token \((ECONNRESET|UND_ERR_SOCKET)\)\.$/)
  })

  describe('when the server is not well', () => {
    for (const status of [408, 429, 500, 502, 503, 504]) {
      it(`given ${status} once, backs off and recovers (login case 56)`, async () => {
        const {tokens, waits, events} = await logIn(
          polls({status, headers: {'content-type': 'text/html'}, body: '<p>'}, PENDING),
        )
        expect(tokens).to.be.an('object')
        expect(waits).to.deep.equal([1000, 2000, 1000])
        expect(events[0]!.reason).to.include(`HTTP ${status}`)
      })
    }

    it('given silence, which is not garbled, four times, backs off and recovers (login case 58)', async () => {
      const provider = await startHostileProvider(polls(SILENCE, SILENCE, SILENCE, SILENCE, PENDING))
      try {
        const fetch = createBoundedFetch({userAgent: 'test/1', timeout: 200})
        const {discoveryUrl} = provider
        const issuer = await discoverIssuer({discoveryUrl, clientId: 'cli', allowLoopback: true, fetch})
        const {waits, ...time} = createFakeTime()
        const events: PollEvent[] = []
        const code = {device_code: new Secret('device-code-s3cret'), expires_in: 600, interval: 1}
        const tokens = await pollDeviceToken(issuer, code, {...time, onEvent: (event) => events.push(event)})
        expect(tokens.identity.subject).to.equal('user-1')
        expect(waits).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 1000])
        expect(events[0]!.reason).to.include('did not answer in time')
      } finally {
        await provider.close()
      }
    })

    it('given temporarily_unavailable, backs off and recovers', async () => {
      const {tokens, waits} = await logIn(polls({status: 400, body: {error: 'temporarily_unavailable'}}))
      expect(tokens).to.be.an('object')
      expect(waits).to.deep.equal([1000, 2000])
    })

    it('given Retry-After, waits as long as it says, five minutes at most and never less than the back-off (login case 57)', async () => {
      const after = (seconds: string): Answer => ({status: 503, headers: {'retry-after': seconds}})
      const {waits} = await logIn(polls(after('1'), after('40'), after('9999'), PENDING))
      expect(waits).to.deep.equal([1000, 2000, 40_000, 300_000, 1000])
    })

    it('given pending with Retry-After, heeds it for one poll', async () => {
      const {waits} = await logIn(polls({...PENDING, headers: {'retry-after': '30'}}, PENDING))
      expect(waits).to.deep.equal([1000, 30_000, 1000])
    })

    it('given 429 with slow_down in the body, takes the body', async () => {
      const {waits} = await logIn(polls({...SLOW_DOWN, status: 429}))
      expect(waits).to.deep.equal([1000, 6000])
    })

    it('given nothing but resets, backs off to a minute and ends at the deadline with both reasons (login case 59)', async () => {
      const {error, waits} = await logIn(always(RESET))
      expectError(error, 'LOGIN_EXPIRED', /expired before it was approved\. The last try failed: Cannot reach/)
      expect(waits.slice(0, 8)).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
      expect(waits.reduce((sum, wait) => sum + wait)).to.be.lessThan(600_000)
    })
  })

  describe('when somebody else answers', () => {
    for (const [what, answer] of Object.entries({
      'a page of HTML': HTML,
      'a redirect': REDIRECT,
      'a cut-off answer': CUT_OFF,
      'JSON without an error': {status: 400, body: {}},
      'JSON that is a list': {body: []},
      'two megabytes': {megabytes: 2},
    })) {
      it(`given ${what} once, recovers (login cases 60, 61, 62, 66)`, async () => {
        const {tokens, waits, events} = await logIn(polls(answer, PENDING))
        expect(tokens).to.be.an('object')
        expect(waits).to.deep.equal([1000, 2000, 1000])
        expect(events[0]!.type).to.equal('retry')
      })
    }

    it('given HTML four times, says so, with the network as the likely cause (login case 60)', async () => {
      const {error, provider} = await logIn(always(HTML))
      expectError(
        error,
        'SERVER_ERROR',
        /127\.0\.0\.1:\d+\/as\/token gave an unexpected answer \(HTTP 200, text\/html\)/,
      )
      expect(error!.suggestions.join()).to.match(/sign-in page/)
      expect(error!.message).not.to.include('hotel')
      expect(provider.count(TOKEN)).to.equal(4)
    })

    it('given redirects four times, follows none (login case 61)', async () => {
      const {error, provider} = await logIn(always(REDIRECT))
      expectError(error, 'SERVER_ERROR', /redirected the request, which is never followed \(HTTP 302\)/)
      expect(error!.suggestions.join()).to.match(/sign-in page/)
      expect(provider.count(TOKEN)).to.equal(4)
    })

    it('given cut-off answers four times, quotes nothing of them', async () => {
      const {error} = await logIn(always(CUT_OFF))
      expectError(error, 'SERVER_ERROR', /not usable/)
    })

    it('given garbled answers that do not follow each other, goes on', async () => {
      const {tokens} = await logIn(polls(HTML, HTML, HTML, PENDING, HTML, HTML, HTML))
      expect(tokens).to.be.an('object')
    })
  })

  describe('when pending comes in other clothes', () => {
    for (const [what, answer] of Object.entries({
      '403': {...PENDING, status: 403},
      '401 with a challenge': {...PENDING, status: 401, headers: {'www-authenticate': 'Basic realm="x"'}},
      '428': {...PENDING, status: 428},
      'HTTP 200 with an error in the body': {...PENDING, status: 200},
    })) {
      it(`given ${what}, keeps polling (login case 64)`, async () => {
        const {tokens, events, waits} = await logIn(polls(answer))
        expect(tokens).to.be.an('object')
        expect(events.map(({type}) => type)).to.deep.equal(['pending'])
        expect(waits).to.deep.equal([1000, 1000])
      })
    }
  })

  describe('when the login is refused', () => {
    it('given access_denied, says that it was denied and repeats nothing of the server (login case 65)', async () => {
      const {error, provider} = await logIn(
        always({status: 400, body: {error: 'access_denied', error_description: '\u001B[31mno\u001B[0m'}}),
      )
      expectError(error, 'LOGIN_DENIED', /^The login was denied in the browser\.$/)
      expect(provider.count(TOKEN)).to.equal(1)
    })

    it('given expired_token, says so and how to start again (login case 12)', async () => {
      const {error} = await logIn(polls(PENDING, {status: 400, body: {error: 'expired_token'}}))
      expectError(error, 'LOGIN_EXPIRED')
      expect(error!.suggestions).to.deep.equal([{command: 'auth:login', to: 'to try again'}])
    })

    it('given pending for ever, stops at its own deadline (login case 13)', async () => {
      const {error, waits} = await logIn({
        ...always(PENDING),
        device: (authorization) => ({body: {...authorization, expires_in: 20, interval: 5}}),
      })
      expectError(error, 'LOGIN_EXPIRED', /^The login expired before it was approved\.$/)
      expect(waits).to.deep.equal([5000, 5000, 5000])
    })

    it('given an unknown error, shows its code and description, cleaned (login case 66)', async () => {
      const {error} = await logIn(
        always({
          status: 400,
          body: {error: 'org\u001B[2J_blocked', error_description: 'Ask\r\n\u202Eyour \u001B]0;pwned\u0007admin'},
        }),
      )
      expectError(error, 'LOGIN_FAILED', /\/as\/token refused: org \[2J_blocked \(Ask your \]0;pwned admin\)\.$/)
    })

    it('given a description that repeats the device code, blots it out', async () => {
      const {error} = await logIn(
        always({status: 400, body: {error: 'invalid_request', error_description: 'no such code: device-code-s3cret'}}),
      )
      expectError(error, 'LOGIN_FAILED', /no such code: \[redacted\]/)
    })

    it('given another refusal right after a reset, says nothing of a lost answer', async () => {
      const {error} = await logIn(polls(RESET, {status: 400, body: {error: 'unauthorized_client'}}))
      expectError(error, 'LOGIN_FAILED', /refused: unauthorized_client\.$/)
    })

    it('given invalid_grant out of the blue, just shows it', async () => {
      const {error} = await logIn(polls(PENDING, {status: 400, body: {error: 'invalid_grant'}}))
      expectError(error, 'LOGIN_FAILED', /refused: invalid_grant\.$/)
    })

    for (const [what, answer] of Object.entries({
      reset: RESET,
      'cut-off answer': CUT_OFF,
      'bad gateway': {status: 502},
    })) {
      it(`given invalid_grant right after a ${what}, says that the answer was lost (login case 63)`, async () => {
        const {error} = await logIn(polls(answer, {status: 400, body: {error: 'invalid_grant'}}))
        expectError(error, 'LOGIN_FAILED', /approved, but the answer was lost on the way/)
        expect(error!.suggestions).to.deep.equal([{command: 'auth:login', to: 'to try again'}])
      })
    }
  })
})
