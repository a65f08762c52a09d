import {unprobedEnvironment} from '../environments/environment.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import type {Tokens} from '../oidc/index.js'
import type {Profile} from '../profiles/profile.js'
import type {Turn} from '../profiles/profile-store.js'
import type {Secret} from '../secret.js'
import {type BrowserLogin, isBrowserLogin, requireLatest} from './browser-login.js'
import {type AccessToken, type Credential, encodeFor, usableAccess} from './credential.js'
import {inTurn, TurnLost} from './in-turn.js'
import {refreshPatiently} from './refresh-patiently.js'
import {requireCredential, requireLatestCredential} from './require-credential.js'
import {saveLogin, type SaveLoginPorts} from './save-login.js'

export type AccessTokenPorts = Omit<SaveLoginPorts, 'person'>

/**
 * An access token of a browser login: the one that is kept, if it is good for a minute more and is not the one that the
 * server has `rejected`; else a new one. However many processes ask at once, one of them refreshes and the others take what
 * it got. Throws `CREDENTIAL_REJECTED` when a person has to log in again; the API key goes on working then.
 */
export async function requireAccessToken(
  ports: AccessTokenPorts,
  apiUrl: string,
  profile: Profile,
  {rejected}: {rejected?: Secret | undefined} = {},
): Promise<AccessToken> {
  if (!isBrowserLogin(profile)) throw noBrowserLogin(profile)
  const kept = usableAccess(await credentialIfThere(ports, apiUrl, profile), rejected)
  if (kept) return kept
  return inTurn(ports, profile, async (turn) => {
    const login = await requireLatest(ports.profiles, apiUrl, profile)
    const credential = await requireCredential(ports.storeOf, login)
    return (await renewAccess(ports, {apiUrl, turn, login, credential}, rejected)).access
  })
}

export interface RenewAccess {
  apiUrl: string
  turn: Turn
  login: BrowserLogin
  credential: Credential
}

export interface RenewedAccess extends Pick<RenewAccess, 'login' | 'credential'> {
  access: AccessToken
  /** False for one that was kept, and that the provider may not know any more. */
  isNew: boolean
}

/**
 * The same for whoever has the turn of this login, with what the profile and its entry are then. What a provider gives in
 * exchange is stored before anything else can fail (RFC 9700 §4.14.2), unless the profile has another entry by then: a
 * process that stood still overwrites nothing. Throws `TurnLost` where all is to be read anew.
 */
export async function renewAccess(
  ports: AccessTokenPorts,
  renewal: RenewAccess,
  rejected?: Secret | undefined,
): Promise<RenewedAccess> {
  const {apiUrl, turn, login, credential} = renewal
  const {discovery_url: discoveryUrl, client_id: clientId, subject} = login.oidc
  const kept = usableAccess(credential, rejected)
  if (kept) return {login, credential, access: kept, isNew: false}
  const {refreshToken} = credential
  if (!refreshToken) throw loginEnded(login)

  const provider = await ports.connectOidc({apiUrl, discoveryUrl, clientId})
  const tokens = await refreshPatiently(provider, {refreshToken, subject}, () => {
    ports.checkpoint()
    if (!turn.isHeld()) throw new TurnLost()
  }).catch(async (error: unknown) => {
    if (isAuthError(error) && error.code === 'CREDENTIAL_REJECTED') await dropTokens(ports, renewal)
    throw error
  })
  const access = accessOf(tokens)
  const {expiresAt} = access
  const renewed: Credential = {
    ...credential,
    refreshToken: tokens.refreshToken,
    access: expiresAt && {...access, expiresAt},
  }
  return {login: await save(ports, renewal, renewed), credential: renewed, access, isNew: true}
}

/** Seconds. Later dates may be none, and nobody issues such a token. */
const LONGEST_LIFE = 366 * 24 * 3600

function accessOf({accessToken, expiresIn}: Tokens): AccessToken {
  if (expiresIn === undefined) return {token: accessToken}
  return {token: accessToken, expiresAt: new Date(Date.now() + Math.min(expiresIn, LONGEST_LIFE) * 1000)}
}

/** Where the entry is gone, whoever has the turn knows why. */
async function credentialIfThere(
  ports: AccessTokenPorts,
  apiUrl: string,
  profile: Profile,
): Promise<Credential | undefined> {
  try {
    return await requireLatestCredential(ports, apiUrl, profile)
  } catch (error) {
    if (isAuthError(error) && error.code === 'CREDENTIAL_MISSING') return undefined
    throw error
  }
}

/** In an entry of its own, as every secret that changes (decision 0005); not where all that is kept is as it was. */
async function save(
  ports: AccessTokenPorts,
  {apiUrl, login, credential}: RenewAccess,
  renewed: Credential,
): Promise<BrowserLogin> {
  const store = await ports.storeOf(login.credential.store)
  if (encodeFor(store, renewed).equals(encodeFor(store, credential))) return login
  const environment = (await ports.environments.find(apiUrl)) ?? unprobedEnvironment(apiUrl)
  const saved = await saveLogin(
    {...ports, person: undefined, checkpoint: () => undefined},
    {
      environment,
      secret: {credential: renewed, store},
      refreshToken: 'renewed',
      keepCurrent: true,
      find(known) {
        const latest = known.find(({id}) => id === login.id)
        if (latest?.credential?.account !== login.credential.account) throw new TurnLost()
        return latest
      },
      describe: (existing = login) => existing,
    },
  )
  return {...login, ...saved, credential: saved.credential ?? login.credential}
}

/** They open nothing any more. That they could not be dropped is no news beside that. */
async function dropTokens(ports: AccessTokenPorts, renewal: RenewAccess): Promise<void> {
  await save(ports, renewal, {apiKey: renewal.credential.apiKey}).catch((error: unknown) => {
    if (!isAuthError(error)) throw error
  })
}

const loginEnded = ({name}: Profile): AuthError =>
  new AuthError('CREDENTIAL_REJECTED', `Profile ${name} has an API key, and nothing to get an access token with.`, [
    suggest('auth:login', '', 'to log in again'),
  ])

const noBrowserLogin = ({name}: Profile): AuthError =>
  new AuthError('USAGE', `Profile ${name} is no browser login: it has no access token.`, [
    suggest('auth:login', '', 'to log in with a browser'),
  ])
