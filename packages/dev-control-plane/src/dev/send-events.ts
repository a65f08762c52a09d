import type {ServerResponse} from 'node:http'

const LOOK_EVERY_MS = 200

/**
 * Server-sent events (HTML standard, section 9.2): the text that `render` returns, whenever it is another one.
 *
 * Compared and not announced, because a test changes faults and keys in this process, and codes expire by themselves.
 */
export function sendEvents(response: ServerResponse, render: () => string): void {
  let sent: string | undefined

  function look(): void {
    const text = render()
    if (text === sent) return
    sent = text
    response.write(`data: ${JSON.stringify(text)}\n\n`)
  }

  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  // What a browser waits for before it asks again.
  response.write('retry: 1000\n\n')
  look()
  const timer = setInterval(look, LOOK_EVERY_MS)
  response.once('close', () => clearInterval(timer))
}
