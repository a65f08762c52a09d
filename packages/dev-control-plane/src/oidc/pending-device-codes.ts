import type {AdapterPayload} from 'oidc-provider'

/** A login that waits for a person (RFC 8628). The device code itself, which the client polls with, is not here. */
export interface PendingDeviceCode {
  readonly userCode: string
  readonly clientId: string
  readonly expiresAt: string
  /** `verification_uri_complete`: where a person approves it. */
  readonly link: string
}

export function pendingDeviceCodes(payloads: readonly AdapterPayload[], issuer: string): PendingDeviceCode[] {
  return payloads.filter(isPending).map(({userCode = '', clientId = '', exp = 0}) => {
    const code = `${userCode.slice(0, 4)}-${userCode.slice(4)}`
    return {
      userCode: code,
      clientId,
      expiresAt: new Date(exp * 1000).toISOString(),
      link: `${issuer}/device?user_code=${code}`,
    }
  })
}

const isPending = ({exp = 0, consumed, error, accountId}: AdapterPayload): boolean =>
  exp * 1000 > Date.now() && !consumed && error === undefined && accountId === undefined
