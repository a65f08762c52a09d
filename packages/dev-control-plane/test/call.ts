export interface Reply {
  status: number
  headers: Headers
  // A test reads into a reply that it expects; the type would only repeat the expectation.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

export interface Call {
  method?: string
  bearer?: string
  json?: unknown
  text?: string
}

/** One request to the API, with its body read as JSON where there is one. */
export async function call(
  base: string,
  path: string,
  {method = 'GET', bearer, json, text}: Call = {},
): Promise<Reply> {
  const response = await fetch(base + path, {
    method,
    headers: {...(bearer === undefined ? {} : {authorization: `Bearer ${bearer}`})},
    ...(json === undefined && text === undefined ? {} : {body: text ?? JSON.stringify(json)}),
  })
  const body = await response.text()
  return {status: response.status, headers: response.headers, body: body === '' ? undefined : JSON.parse(body)}
}
