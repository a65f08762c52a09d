/**
 * `new URL` without the throw. Not `URL.canParse`: once a process of Node 20 has called that often, it takes a Latin-1 text
 * for UTF-8, and calls https://bücher.example no URL.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
