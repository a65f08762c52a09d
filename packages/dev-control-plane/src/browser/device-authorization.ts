import type {DeviceAuthorization} from './scripted-browser.js'

/** Makes a device authorization of whatever a person would have in front of them: a link, a code, or all of it. */
export function deviceAuthorizationOf(target: string | DeviceAuthorization, issuer: string): DeviceAuthorization {
  if (typeof target !== 'string') return target
  if (!URL.canParse(target)) return {verification_uri: `${issuer}/device`, user_code: target}

  const url = new URL(target)
  const userCode = url.searchParams.get('user_code')
  if (userCode === null) throw new Error(`${target} carries no user_code: pass the code instead`)
  return {verification_uri: url.origin + url.pathname, verification_uri_complete: target, user_code: userCode}
}
