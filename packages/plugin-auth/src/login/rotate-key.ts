import type {Environment} from '../environments/environment.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import type {Profile} from '../profiles/profile.js'
import {Secret} from '../secret.js'
import {type AccessTokenPorts, renewAccess} from './access-token.js'
import {type BrowserLogin, isBrowserLogin, requireLatest} from './browser-login.js'
import {type Credential, usableAccess} from './credential.js'
import {inTurn} from './in-turn.js'
import {mintKey, withApiKey} from './mint-key.js'
import {requireCredential} from './require-credential.js'
import {newAccount, saveLogin, type SaveLoginPorts} from './save-login.js'

export interface RotateKey {
  environment: Environment
  profile: Profile
  /** The name of the key is the person's and this one: `llamactl on ada-laptop`. */
  keyLabel: string
}

export interface RotatedKey {
  profile: Profile
  oldKey: {id: string; isDeleted: boolean}
  /** By whom leftovers of the same person can be deleted now. */
  person: NonNullable<SaveLoginPorts['person']>
}

/**
 * A new API key in place of that of a browser login: minted, verified, stored, and only then the old one is deleted. What
 * fails before that deletes the new one again and leaves the profile as it was. The old key is asked to mint first, because
 * that spends nothing; where the server wants an access token for it, one is got by the refresh token. Whoever rotates or
 * refreshes the same login at the same time takes turns.
 */
export async function rotateKey(
  ports: AccessTokenPorts,
  {environment, profile, keyLabel}: RotateKey,
): Promise<RotatedKey> {
  const {api_url: apiUrl} = environment
  requireRotatable(profile)
  return inTurn(ports, profile, async (turn) => {
    const login = await requireLatest(ports.profiles, apiUrl, profile)
    const credential = await requireCredential(ports.storeOf, login)
    const minting = {environment, keyName: `${login.oidc.email ?? login.oidc.subject} ${keyLabel}`}
    const byAccessToken = async (reason: AuthError, rejected?: Secret): Promise<RotatedKey> => {
      if (!usableAccess(credential, rejected) && !credential.refreshToken) throw reason
      const renewed = await renewAccess(ports, {apiUrl, turn, login, credential}, rejected)
      const {access, isNew} = renewed
      return rotateBy(ports, {...minting, ...renewed, bearer: access.token}).catch((error: unknown) => {
        if (!(error instanceof MayNotMint)) throw error
        if (isNew) throw error.reason
        return byAccessToken(error.reason, access.token)
      })
    }

    return rotateBy(ports, {...minting, login, credential, bearer: credential.apiKey}).catch((error: unknown) => {
      if (!(error instanceof MayNotMint)) throw error
      return byAccessToken(error.reason)
    })
  })
}

/** The server does not let this bearer make a key: nothing has happened yet. */
class MayNotMint extends Error {
  constructor(readonly reason: AuthError) {
    super(reason.message)
  }
}

interface Rotation {
  environment: Environment
  keyName: string
  login: BrowserLogin
  credential: Credential
  bearer: Secret
}

async function rotateBy(
  ports: AccessTokenPorts,
  {environment, keyName, login, credential, bearer}: Rotation,
): Promise<RotatedKey> {
  const {api_url: apiUrl} = environment
  const {oidc} = login
  const server = await ports.controlPlane(apiUrl, bearer)
  const store = await ports.storeOf(login.credential.store)
  const account = newAccount()
  const planned = {
    ...login,
    oidc: {...oidc, api_key_id: ''},
    id: account,
    credential: store.referenceTo(account),
  }
  const minted = await mintKey({...ports, server}, apiUrl, {
    login: planned,
    key_name: keyName,
    shares_token: true,
  }).catch((error: unknown) => {
    throw isAuthError(error) && error.code === 'CREDENTIAL_REJECTED' ? new MayNotMint(error) : error
  })

  const newKey = new Secret(minted.key)
  let isDeleted = true
  const warn = (text: string): void => {
    isDeleted = false
    ports.warn(text)
  }
  const person = {server, subject: oidc.subject, discoveryUrl: oidc.discovery_url}
  const rotated = await saveLogin(
    {...ports, warn, person},
    {
      environment,
      minted: {account},
      secret: {credential: {...credential, apiKey: newKey}, store},
      refreshToken: 'kept',
      keepCurrent: true,
      verify: async () => {
        await (await ports.controlPlane(apiUrl, newKey)).projects()
      },
      find: (known) => unchanged(known, login),
      describe: (existing = login) => ({...existing, oidc: withApiKey(oidc, minted)}),
    },
  )
  const asPerson = bearer === credential.apiKey ? await ports.controlPlane(apiUrl, newKey) : server
  return {profile: rotated, oldKey: {id: oidc.api_key_id, isDeleted}, person: {...person, server: asPerson}}
}

/** The profile with the secret that is being rotated. */
function unchanged(known: Profile[], {id, name, credential}: BrowserLogin): Profile {
  const profile = known.find((candidate) => candidate.id === id)
  if (profile?.credential?.account === credential.account) return profile
  throw new AuthError(
    'PROFILE_NOT_FOUND',
    profile
      ? `Profile ${name} got another key meanwhile, from another process. This one has changed nothing.`
      : `Profile ${name} was logged out meanwhile. Nothing of it was renewed.`,
  )
}

function requireRotatable(profile: Profile): void {
  const {name, auth_type} = profile
  if (isBrowserLogin(profile)) return
  if (auth_type === 'none') throw new AuthError('USAGE', `Profile ${name} has no API key: its environment needs none.`)
  throw new AuthError(
    'USAGE',
    `The API key of profile ${name} was given to this computer, and no server tells the id by which it could be deleted.`,
    [
      'Make a new key in the web application, and delete the old one there.',
      suggest('auth:token', '--name NAME', 'to give the new key to this profile'),
    ],
  )
}
