/** What the browser shows after a login. Fixed text: no script, no secret, nothing that a request said. */
export interface ReturnPage {
  status: number
  markup: string
}

export const DONE = page(
  200,
  'Back to the terminal',
  'The browser has done its part. The terminal says whether you are logged in.',
)
export const REFUSED = page(200, 'Not logged in', 'Nothing was allowed. Go back to the terminal.')
export const UNKNOWN = page(404, 'Nothing here', 'This address is for one login only.')
export const FORGED = page(400, 'Not from this login', 'This does not belong to the login that the terminal waits for.')

/** The page holds a code in its address: it is neither kept nor told to anybody, and loads nothing. */
export const RETURN_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

function page(status: number, title: string, text: string): ReturnPage {
  const head = `<meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title}</title>`
  return {status, markup: `<!doctype html>\n<html lang="en">${head}\n<h1>${title}</h1>\n<p>${text}</p>\n</html>\n`}
}
