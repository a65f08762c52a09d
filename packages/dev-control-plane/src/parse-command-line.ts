import {parseArgs} from 'node:util'

import {findNamedFault, namedFaults, type FaultName} from './faults/named-faults.js'
import type {DevControlPlaneOptions} from './options.js'

export type CommandLine = {kind: 'help'} | {kind: 'version'} | Serve

export interface Serve {
  kind: 'serve'
  seedFile: string | undefined
  /** One line of JSON in place of the welcome. */
  json: boolean
  options: DevControlPlaneOptions
}

/** @throws Error with a sentence for the person, when a flag is unknown or its value cannot be. */
export function parseCommandLine(argv: string[]): CommandLine {
  const {values} = parseArgs({
    args: argv,
    strict: true,
    allowPositionals: false,
    options: {
      port: {type: 'string'},
      seed: {type: 'string'},
      'no-auth': {type: 'boolean'},
      'no-browser-login': {type: 'boolean'},
      interval: {type: 'string'},
      fault: {type: 'string', multiple: true},
      json: {type: 'boolean'},
      help: {type: 'boolean', short: 'h'},
      version: {type: 'boolean'},
    },
  })
  if (values.help) return {kind: 'help'}
  if (values.version) return {kind: 'version'}

  const port = numberOf(values.port, '--port')
  const interval = numberOf(values.interval, '--interval')
  if (port !== undefined && (!Number.isInteger(port) || port > 65_535)) {
    throw new Error(`--port wants a whole number from 0 to 65535, not ${values.port}`)
  }

  if (interval === 0) throw new Error('--interval wants more than 0 seconds')
  return {
    kind: 'serve',
    seedFile: values.seed,
    json: values.json ?? false,
    options: {
      ...(port === undefined ? {} : {port}),
      ...(interval === undefined ? {} : {interval}),
      requiresAuth: !values['no-auth'],
      browserLogin: !values['no-browser-login'],
      faults: (values.fault ?? []).map(faultName),
    },
  }
}

function faultName(text: string): FaultName {
  const found = findNamedFault(text)
  if (!found) throw new Error(`--fault wants one of ${namedFaults.map(({name}) => name).join(', ')}, not '${text}'`)
  return found.name
}

function numberOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`${flag} wants a number, not '${text}'`)
  return Number(text)
}
