import {minutesOrSeconds} from './duration.js'

/** RFC 8628 §3.2, as far as a person has to see it. */
export interface DeviceCode {
  user_code: string
  verification_uri: string
  /** Seconds. */
  expires_in: number
}

/**
 * What a person needs for the device flow. The code is shown also where the browser opens with it filled in: comparing
 * the two is the defence against somebody else's login page (RFC 8628 §5.4).
 */
export function deviceCodeNotice(
  {user_code, verification_uri, expires_in}: DeviceCode,
  {isOpened}: {isOpened: boolean},
): string {
  const page = isOpened ? 'Your browser has been opened at this page:' : 'Open this page in any browser, on any device:'
  return [
    page,
    '',
    `    ${verification_uri}`,
    '',
    'and check that it shows this code, or type it in there:',
    '',
    `    ${user_code}`,
    '',
    `The code is valid for ${minutesOrSeconds(expires_in)}. Never enter a code that somebody sent you.`,
    '',
  ].join('\n')
}
