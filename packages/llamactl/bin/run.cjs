#!/usr/bin/env node
'use strict'
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Error: llamactl needs Node.js 20.19 or newer, and this is ${process.version}.\n`)
  process.exit(1)
}

require('../bundle/start.cjs')
