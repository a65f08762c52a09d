#!/usr/bin/env node
import {fileURLToPath} from 'node:url'
import {execute} from '@oclif/core'
import {createRedactingLogger} from '../dist/redacting-logger.js'

const root = fileURLToPath(new URL('..', import.meta.url))
await execute({loadOptions: {root, logger: createRedactingLogger(process.argv, process.env)}})
