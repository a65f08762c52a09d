import {createHash} from 'node:crypto'
import {request} from 'node:http'

import {startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'

import {AuthError, type AuthErrorCode} from '../../src/errors.js'
import {connectOidc, type Tokens} from '../../src/oidc/index.js'
import {type HostileProvider, type Script, startHostileProvider} from './support/hostile-provider.js'
import {expectError, rejection} from './support/log-in.js'

describe('logging in by a browser on this machine', () => {
  describe('at the dev control plane', () => {
    async function logIn(decision: 'allow' | 'deny') {
      await using plane = await startDevControlPlane({algorithm: 'ES256'})
      const client = await connectOidc({
        discoveryUrl: `${plane.issuer}/.well-known/openid-configuration`,
        clientId: plane.clientId,
        allowLoopback: true,
        userAgent: 'test/1',
      })
      let page = ''
      let ended: Promise<{markup: string}> | undefined
      const outcome = await client
        .authorizeInBrowser({
          show(url) {
            page = url.href
            ended = plane.approveRequest(url, {user: 'grace@example.com', decision})
          },
        })
        .catch((error: AuthError) => error)
      return {outcome, page: new URL(page), lastPage: (await ended!).markup}
    }

    it('given consent, holds verified tokens, and the browser says to go back to the terminal', async () => {
      const {outcome, lastPage} = await logIn('allow')
      const {identity, refreshToken} = outcome as Tokens
      expect(identity).to.deep.equal({subject: 'user-grace', email: 'grace@example.com'})
      expect(refreshToken).not.to.equal(undefined)
      expect(lastPage).to.contain('<h1>Back to the terminal</h1>')
    })

    it('given no consent, says so in both places', async () => {
      const {outcome, lastPage} = await logIn('deny')
      expectError(outcome as AuthError, 'LOGIN_DENIED', /denied in the browser/)
      expect(lastPage).to.contain('<h1>Not logged in</h1>')
    })
  })

  describe('at a provider that follows a script', () => {
    let provider: HostileProvider
    afterEach(() => provider.close())

    /** The redirect as an honest provider would make it. */
    const redirectOf = (page: URL, changes: Record<string, string | undefined> = {}): URL => {
      const answer = new URL(page.searchParams.get('redirect_uri')!)
      const honest = {code: 'code-s3cret', state: page.searchParams.get('state')!, iss: provider.issuer}
      for (const [name, value] of Object.entries({...honest, ...changes})) {
        if (value !== undefined) answer.searchParams.set(name, value)
      }
      return answer
    }

    interface Visit {
      script?: Script
      visit?(page: URL): unknown
      /** Of the ID token, where it is not the one that was asked for. */
      nonce?: string | undefined
      lifetime?: number
      signal?: AbortSignal
    }

    async function logIn({script, visit = (page) => fetch(redirectOf(page)), ...options}: Visit = {}) {
      let page: URL | undefined
      provider = await startHostileProvider({
        issue: ({claims}) => (claims['nonce'] = 'nonce' in options ? options.nonce : page?.searchParams.get('nonce')),
        ...script,
      })
      const client = await provider.connect()
      const {lifetime, signal} = options
      const tokens = client.authorizeInBrowser({
        ...(lifetime !== undefined && {lifetime}),
        ...(signal && {signal}),
        async show(url) {
          page = url
          await visit(url)
        },
      })
      return {tokens: await tokens, page: page!}
    }

    it('asks with S256, state, nonce, consent and a literal loopback address, and sends the verifier with the code', async () => {
      const {tokens, page} = await logIn()
      expect(tokens.identity.subject).to.equal('user-1')
      const {redirect_uri, state, nonce, code_challenge, ...asked} = Object.fromEntries(page.searchParams)
      expect(page.origin + page.pathname).to.equal(`${provider.issuer}/authorize`)
      expect(asked).to.deep.equal({
        client_id: 'cli',
        response_type: 'code',
        scope: 'email offline_access openid profile',
        code_challenge_method: 'S256',
        prompt: 'consent',
      })
      expect(redirect_uri).to.match(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
      expect(new Set([state, nonce, code_challenge]).size).to.equal(3)
      for (const text of [state, nonce, code_challenge]) expect(text).to.match(/^[\w-]{43}$/)
      const {code_verifier, ...sent} = Object.fromEntries(provider.asked.find(({path}) => path === '/as/token')!.form)
      expect(sent).to.deep.equal({
        grant_type: 'authorization_code',
        client_id: 'cli',
        code: 'code-s3cret',
        redirect_uri,
      })
      expect(createHash('sha256').update(code_verifier!).digest('base64url')).to.equal(code_challenge)
    })

    it('shows a page without script, secret or cache, and closes the connection', async () => {
      let shown: Response | undefined
      await logIn({visit: async (page) => (shown = await fetch(redirectOf(page)))})
      const markup = await shown!.text()
      expect(markup).to.contain('Back to the terminal')
      expect(markup).not.to.match(/script|s3cret/)
      expect(Object.fromEntries(shown!.headers)).to.include({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        connection: 'close',
        'content-type': 'text/html; charset=utf-8',
      })
      expect(shown!.headers.get('content-security-policy')).to.match(/^default-src 'none'/)
    })

    /** A request as no browser makes it. */
    const ask = (url: URL, options: {method?: string; host?: string}): Promise<number> =>
      new Promise((resolve, reject) => {
        const {host = url.host, method = 'GET'} = options
        const sent = request(url, {method, headers: {host}, agent: false}, (response) => {
          response.resume()
          resolve(response.statusCode!)
        })
        sent.once('error', reject).end()
      })

    const STRANGERS: Record<string, {status: number; ask(page: URL): Promise<number>}> = {
      'a forged state': {status: 400, ask: (page) => ask(redirectOf(page, {state: 'forged'}), {})},
      'no state': {
        status: 400,
        ask: (page) => ask(new URL(`${page.searchParams.get('redirect_uri')}?code=theirs`), {}),
      },
      'two states': {status: 400, ask: (page) => ask(new URL(`${redirectOf(page).href}&state=x`), {})},
      'a forged denial': {
        status: 400,
        ask: (page) => ask(redirectOf(page, {state: 'forged', error: 'access_denied'}), {}),
      },
      'another Host': {status: 404, ask: (page) => ask(redirectOf(page), {host: 'evil.example'})},
      'localhost as Host': {
        status: 404,
        ask: (page) => ask(redirectOf(page), {host: `localhost:${redirectOf(page).port}`}),
      },
      'another path': {status: 404, ask: (page) => ask(new URL(redirectOf(page).href.replace('back?', 'back/?')), {})},
      'the icon': {status: 404, ask: (page) => ask(new URL('/favicon.ico', redirectOf(page)), {})},
      'a POST': {status: 404, ask: (page) => ask(redirectOf(page), {method: 'POST'})},
      'a HEAD': {status: 404, ask: (page) => ask(redirectOf(page), {method: 'HEAD'})},
    }
    for (const [name, stranger] of Object.entries(STRANGERS)) {
      it(`given ${name}, refuses with ${stranger.status} and goes on waiting (login case 103)`, async () => {
        let status = 0
        const {tokens} = await logIn({
          async visit(page) {
            status = await stranger.ask(page)
            await fetch(redirectOf(page))
          },
        })
        expect(status).to.equal(stranger.status)
        expect(tokens.identity.subject).to.equal('user-1')
        expect(provider.count('POST /as/token')).to.equal(1)
      })
    }

    it('given the answer twice, takes the first and listens no longer', async () => {
      let second: unknown
      await logIn({
        async visit(page) {
          await fetch(redirectOf(page))
          second = await fetch(redirectOf(page, {code: 'another'})).catch((error: unknown) => error)
        },
      })
      expect(second).to.be.instanceOf(Error)
      expect(provider.count('POST /as/token')).to.equal(1)
    })

    const answered = (changes: Record<string, string | undefined>): Visit => ({
      visit: (page) => fetch(redirectOf(page, changes)),
    })
    const refusedBy = (code: string): Script => ({
      token: () => ({status: 400, body: {error: code, error_description: 'not code-s3cret'}}),
    })
    const REFUSED: Record<string, {visit: Visit; code: AuthErrorCode; message: RegExp; asksForTokens: boolean}> = {
      access_denied: {
        visit: answered({code: undefined, error: 'access_denied'}),
        ...{code: 'LOGIN_DENIED', message: /denied in the browser/, asksForTokens: false},
      },
      'another error, with a description that paints the terminal': {
        visit: answered({code: undefined, error: 'unauthorized_client', error_description: 'no\u001B[2J\nway'}),
        ...{code: 'LOGIN_FAILED', message: /refused: unauthorized_client \(no \[2J way\)\.$/, asksForTokens: false},
      },
      'an iss of another provider': {
        visit: answered({iss: 'https://other.example'}),
        ...{code: 'LOGIN_FAILED', message: /not come from the identity provider/, asksForTokens: false},
      },
      'an announced iss that is missing': {
        visit: answered({iss: undefined}),
        ...{code: 'LOGIN_FAILED', message: /not come from the identity provider/, asksForTokens: false},
      },
      'neither code nor error': {
        visit: answered({code: undefined}),
        ...{code: 'LOGIN_FAILED', message: /holds no code/, asksForTokens: false},
      },
      'two codes': {
        visit: {visit: (page) => fetch(`${redirectOf(page).href}&code=other`)},
        ...{code: 'LOGIN_FAILED', message: /holds no code/, asksForTokens: false},
      },
      'a code that the token endpoint refuses': {
        visit: {script: refusedBy('invalid_grant')},
        ...{code: 'LOGIN_FAILED', message: /refused: invalid_grant \(not \[redacted\]\)/, asksForTokens: true},
      },
      'an ID token with the nonce of another login': {
        visit: {nonce: 'another'},
        ...{code: 'LOGIN_FAILED', message: /cannot be trusted.*nonce/, asksForTokens: true},
      },
      'an ID token without nonce': {
        visit: {nonce: undefined},
        ...{code: 'LOGIN_FAILED', message: /cannot be trusted.*nonce/, asksForTokens: true},
      },
      'no ID token': {
        visit: {script: {issue: ({response}) => (response['id_token'] = undefined)}},
        ...{code: 'LOGIN_FAILED', message: /cannot be trusted/, asksForTokens: true},
      },
    }
    for (const [name, {visit, code, message, asksForTokens}] of Object.entries(REFUSED)) {
      it(`given ${name}, ends with ${code} (login case 104)`, async () => {
        const error = await rejection(logIn(visit))
        expectError(error, code, message)
        expect(error.message).not.to.contain('code-s3cret')
        expect(provider.count('POST /as/token')).to.equal(asksForTokens ? 1 : 0)
      })
    }

    it('revokes the refresh token that came with an ID token of another login', async () => {
      await rejection(logIn({nonce: 'another'}))
      expect(provider.asked.at(-1)).to.deep.include({path: '/as/revoke'})
    })

    it('given a provider that neither announces nor sends iss, takes the answer', async () => {
      const {tokens} = await logIn({
        ...answered({iss: undefined}),
        script: {
          discovery: (metadata) => ({body: {...metadata, authorization_response_iss_parameter_supported: undefined}}),
        },
      })
      expect(tokens.identity.subject).to.equal('user-1')
    })

    for (const [fields, message] of [
      [{authorization_endpoint: undefined}, /has no authorization_endpoint/],
      [{response_types_supported: ['id_token']}, /has no response type code/],
      [{code_challenge_methods_supported: ['plain']}, /has no PKCE with S256/],
    ] as const) {
      it(`given ${JSON.stringify(fields)}, shows nothing and names the other way`, async () => {
        const shown: URL[] = []
        const error = await rejection(
          logIn({
            script: {discovery: (metadata) => ({body: {...metadata, ...fields}})},
            visit: (page) => shown.push(page),
          }),
        )
        expectError(error, 'LOGIN_NOT_SUPPORTED', message)
        expect(error.suggestions[0]).to.deep.include({command: 'auth:login'})
        expect(shown).to.deep.equal([])
      })
    }

    it('given a provider without a device flow, works all the same', async () => {
      const {tokens} = await logIn({
        script: {discovery: (metadata) => ({body: {...metadata, device_authorization_endpoint: undefined}})},
      })
      expect(tokens.identity.subject).to.equal('user-1')
      const error = await rejection((await provider.connect()).requestDeviceAuthorization())
      expectError(error, 'LOGIN_NOT_SUPPORTED', /has no device_authorization_endpoint/)
      expect(error.suggestions[0]).to.deep.include({command: 'auth:login', args: '--web'})
    })

    const isClosed = async (page: URL): Promise<boolean> =>
      fetch(redirectOf(page)).then(
        () => false,
        () => true,
      )

    it('given nobody who comes back, expires and listens no longer (login case 105)', async () => {
      let page: URL | undefined
      const error = await rejection(logIn({lifetime: 0.05, visit: (url) => (page = url)}))
      expectError(error, 'LOGIN_EXPIRED', /did not come back/)
      expect(await isClosed(page!)).to.equal(true)
    })

    it('given a signal, ends with its reason and listens no longer, whatever connections are open', async () => {
      const controller = new AbortController()
      const reason = new AuthError('CANCELLED', 'Cancelled.')
      let page: URL | undefined
      const error = await rejection(
        logIn({
          signal: controller.signal,
          async visit(url) {
            page = url
            await ask(new URL('/favicon.ico', redirectOf(url)), {})
            controller.abort(reason)
          },
        }),
      )
      expect(error).to.equal(reason)
      expect(await isClosed(page!)).to.equal(true)
    })

    it('given a screen that fails, fails with it and listens no longer', async () => {
      let page: URL | undefined
      const broken = new Error('no screen')
      const error = await rejection(
        logIn({
          visit(url) {
            page = url
            throw broken
          },
        }),
      )
      expect(error).to.equal(broken)
      expect(await isClosed(page!)).to.equal(true)
    })
  })
})
