/** What a proxy with credentials in its URL is told (RFC 7617 §2). A name without a password is sent too. */
export function proxyToken({username, password}: URL): string | undefined {
  if (!username) return undefined
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`
}

/** A password with a lone % in it is what it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
