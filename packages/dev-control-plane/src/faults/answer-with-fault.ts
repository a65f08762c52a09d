import type {IncomingMessage, ServerResponse} from 'node:http'
import {setTimeout as wait} from 'node:timers/promises'

import {sendAnswer} from '../http/answer.js'
import {captureResponse} from '../http/capture-response.js'
import type {Fault} from './fault.js'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  /** What the server would do without the fault. */
  answer(response: ServerResponse): Promise<void>
  /** Ends a delay when the server closes. */
  closing: AbortSignal
}

/** Answers a request the way `fault` says. Returns the status that went out, `null` when the connection was dropped. */
export async function answerWithFault(fault: Fault, exchange: Exchange): Promise<number | null> {
  const {request, response, answer, closing} = exchange
  const real = fault.after || fault.truncate ? await captureResponse(request, answer) : undefined

  if (fault.delay !== undefined) await wait(fault.delay, undefined, {signal: closing})

  if (fault.drop) {
    request.socket.destroy()
    return null
  }

  if (fault.truncate && real) {
    const {status, headers, body} = real
    response.writeHead(status, {...headers, 'content-length': body.length, connection: 'close'})
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroySoon())
    return status
  }

  if (fault.status !== undefined || fault.body !== undefined || fault.headers !== undefined) {
    const {status = 200, body, headers = {}} = fault
    sendAnswer(response, {status, body, headers})
    return status
  }

  if (real) {
    response.writeHead(real.status, real.headers).end(real.body)
    return real.status
  }

  await answer(response)
  return response.statusCode
}
