import type {OidcLogin} from '../profiles/profile.js'
import {Secret} from '../secret.js'
import {cleanText} from '../untrusted/clean-text.js'
import {parseUrl} from '../untrusted/parse-url.js'

/**
 * A browser login of the Python llamactl, as far as ours needs it to end the login. Access and ID tokens are not taken
 * over. Undefined where something is missing: what remains is an API key.
 */
export function parseDeviceLogin(
  text: string,
  apiKeyId: string | null,
): {oidc: OidcLogin; refreshToken?: Secret} | undefined {
  const login = parseObject(text)
  const clean = (value: unknown, limit?: number): string | undefined =>
    typeof value === 'string' && value !== '' && value === cleanText(value, limit) ? value : undefined
  const discoveryUrl = clean(login['discovery_url'], 2048)
  const clientId = clean(login['client_id'])
  const keyId = clean(apiKeyId)
  // Python knows a person by the server's id; a provider knows them by the subject of their ID token.
  const subject = clean(subjectOf(login['device_id_token']), 255) ?? clean(login['user_id'])
  if (!discoveryUrl || !parseUrl(discoveryUrl) || !clientId || !keyId || !subject) return undefined
  const token = login['device_refresh_token']
  return {
    oidc: {
      subject,
      email: clean(login['email']) ?? null,
      discovery_url: discoveryUrl,
      client_id: clientId,
      api_key_id: keyId,
    },
    ...(typeof token === 'string' && /^[\u0021-\u007E]{1,16384}$/.test(token) && {refreshToken: new Secret(token)}),
  }
}

/** The same JSON without a token in it. Python finds the profile by the rest when its person logs in there again. */
export function withoutTokens(text: string): string | null {
  const login = parseObject(text)
  if (Object.keys(login).length === 0) return null
  return JSON.stringify({...login, device_access_token: '', device_refresh_token: null, device_id_token: null})
}

/** Not verified: it says whose login to end, in a file of that person's own. */
function subjectOf(idToken: unknown): unknown {
  const [, payload = ''] = typeof idToken === 'string' ? idToken.split('.') : []
  return parseObject(Buffer.from(payload, 'base64url').toString('utf8'))['sub']
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
