#!/usr/bin/env node
import {execute} from '@oclif/core'
import {createRedactingLogger} from '../dist/redacting-logger.js'

const root = new URL('..', import.meta.url).pathname
await execute({loadOptions: {root, logger: createRedactingLogger(process.argv, process.env)}})
