#!/usr/bin/env node
'use strict'
const {lstatSync, mkdirSync} = require('node:fs')
const {enableCompileCache} = require('node:module')
const {homedir} = require('node:os')
const {isAbsolute, join} = require('node:path')

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Error: llamactl needs Node.js 20.19 or newer, and this is ${process.version}.\n`)
  process.exit(1)
}

if (enableCompileCache) cacheCompiled()
require('../bundle/llamactl.cjs').main(join(__dirname, '..'))

/**
 * From Node.js 22 on V8 keeps what it compiled. It runs what it finds there, so that the folder has to be the person's own, and
 * not the one in /tmp that is the default.
 */
function cacheCompiled() {
  const folder = join(cacheFolder(), 'compile')
  if (!isAbsolute(folder)) return
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700})
    const {uid, mode} = lstatSync(folder)
    const isOurs = !process.getuid || (uid === process.getuid() && (mode & 0o022) === 0)
    if (isOurs) enableCompileCache(folder)
  } catch {
    // A disk that is full or read-only: slower, and nothing else.
  }
}

/** As oclif's `config.cacheDir`. */
function cacheFolder() {
  const {HOME, LLAMACTL_CACHE_DIR, LOCALAPPDATA, XDG_CACHE_HOME} = process.env
  if (LLAMACTL_CACHE_DIR) return LLAMACTL_CACHE_DIR
  const home = HOME || homedir()
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'llamactl')
  const base = XDG_CACHE_HOME || (process.platform === 'win32' && LOCALAPPDATA) || join(home, '.cache')
  return join(base, 'llamactl')
}
