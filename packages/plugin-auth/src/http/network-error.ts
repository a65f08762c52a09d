/** An error and what caused it, outermost first. A refused connection to several addresses counts by its first one. */
export function errorChain(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let link = error; link !== undefined && link !== null && chain.length < MAX_DEPTH;) {
    chain.push(link)
    link = link instanceof AggregateError ? link.errors[0] : link instanceof Error ? link.cause : undefined
  }

  return chain
}

/** The network's own code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, `UND_ERR_SOCKET`) from anywhere in the chain of causes. */
export function networkErrorCode(error: unknown): string | undefined {
  return errorChain(error)
    .map(codeOf)
    .find((code) => code !== undefined && isNetworkCode(code))
}

export const isTlsErrorCode = (code: string): boolean =>
  /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$)/.test(
    code,
  )

/** No answer within the time given, as opposed to a connection that failed. */
export function isTimeout(error: unknown): boolean {
  return errorChain(error).some((link) => link instanceof Error && link.name === 'TimeoutError')
}

/** Worth another try: the connection was refused, dropped or not made. A wrong certificate is not. */
export function isConnectionError(error: unknown): boolean {
  const code = networkErrorCode(error)
  return code !== undefined && !isTlsErrorCode(code)
}

const MAX_DEPTH = 8

/**
 * System calls, undici and its HTTP parser. Everything else with a code is not the network: `ERR_INVALID_ARG_TYPE` is a
 * bug of ours, and an abort may carry an error with a code of the caller's.
 */
const isNetworkCode = (code: string): boolean =>
  isTlsErrorCode(code) || /^(?:E(?!RR_)[A-Z\d]+(?:_[A-Z]+)?|UND_ERR_[A-Z_]+|HPE_[A-Z_]+)$/.test(code)

const codeOf = (link: unknown): string | undefined =>
  link instanceof Error && 'code' in link && typeof link.code === 'string' ? link.code : undefined
