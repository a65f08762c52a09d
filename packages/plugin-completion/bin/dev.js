#!/usr/bin/env node
// This plugin on its own, with the plugins that check its surface. People run it inside a host.
import {execute} from '@oclif/core'

process.env.NODE_ENV = 'development'
await execute({dir: import.meta.url})
