import {fieldsOf, type Fields} from '../fields.js'
import type {Fault} from './fault.js'
import type {TurnOn} from './faults.js'

/**
 * Narrows a fault that came as JSON. In place of a RegExp there is `pattern`, and `times` may be `null` for all requests.
 *
 * @throws Error that names the field.
 */
export function parseFault(value: unknown): Fault {
  const fields: Fields = fieldsOf(value, '', 'fault')
  const pattern = fields.text('pattern', undefined)
  const method = fields.text('method', undefined)
  const status = fields.number('status', {min: 200, max: 599})
  const delay = fields.number('delay', {min: 0, max: 600_000})
  const headers = fields.record('headers')
  if (headers && !isSendable(headers)) fields.refuse('headers', 'cannot be sent')
  const body = fields.anything('body')
  const fault = {
    path: pattern === undefined ? fields.text('path') : regExp(pattern),
    times: fields.number('times', {min: 1, max: Number.MAX_SAFE_INTEGER, none: Infinity}) ?? 1,
    drop: fields.flag('drop'),
    truncate: fields.flag('truncate'),
    after: fields.flag('after'),
    ...(method === undefined ? {} : {method}),
    ...(status === undefined ? {} : {status}),
    ...(delay === undefined ? {} : {delay}),
    ...(headers === undefined ? {} : {headers}),
    ...(body === undefined ? {} : {body}),
  }
  fields.end()
  return fault
}

/** @throws Error that names the field. */
export function parseTurnOn(input: unknown): TurnOn {
  const fields = fieldsOf(input, '', 'switch')
  const times = fields.number('times', {min: 1, max: Number.MAX_SAFE_INTEGER, none: Infinity})
  const value = fields.number('value', {min: 0, max: Number.MAX_SAFE_INTEGER})
  fields.end()
  return {...(times === undefined ? {} : {times}), ...(value === undefined ? {} : {value})}
}

function isSendable(headers: Record<string, string>): boolean {
  try {
    return Boolean(new Headers(headers))
  } catch {
    return false
  }
}

function regExp(pattern: string): RegExp {
  try {
    return new RegExp(pattern)
  } catch (cause) {
    throw new Error('pattern is not a regular expression', {cause})
  }
}
