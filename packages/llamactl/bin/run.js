#!/usr/bin/env node
import {fileURLToPath} from 'node:url'
import {execute} from '@oclif/core'
import {createRedactingLogger} from '../dist/redacting-logger.js'
import {reportBrokenOutput} from '../dist/report-broken-output.js'

const root = fileURLToPath(new URL('..', import.meta.url))
reportBrokenOutput(process, 'llamactl')
await execute({loadOptions: {root, logger: createRedactingLogger(process.argv, process.env)}})
