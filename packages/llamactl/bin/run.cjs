#!/usr/bin/env node
'use strict'
const {existsSync, lstatSync, mkdirSync} = require('node:fs')
const {enableCompileCache} = require('node:module')
const {homedir, release} = require('node:os')
const {isAbsolute, join} = require('node:path')

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Error: llamactl needs Node.js 20.19 or newer, and this is ${process.version}.\n`)
  process.exit(1)
}

if (isForVersionAlone()) {
  const {name, version} = require('../package.json')
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  if (enableCompileCache) cacheCompiled()
  require('../bundle/llamactl.cjs').main()
}

/** A plugin that somebody added may want to say something, and in WSL or under DEBUG oclif has more to say. */
function isForVersionAlone() {
  if (process.argv.length !== 3 || process.argv[2] !== '--version' || process.env.DEBUG) return false
  return (
    !/microsoft/i.test(release()) && process.arch !== 'ia32' && !existsSync(join(folderFor('data'), 'package.json'))
  )
}

/**
 * From Node.js 22 on V8 keeps what it compiled. It runs what it finds there, so that the folder has to be the person's own, and
 * not the one in /tmp that is the default.
 */
function cacheCompiled() {
  const folder = join(folderFor('cache'), 'compile')
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

/** As oclif's `config.cacheDir` and `config.dataDir`. */
function folderFor(kind) {
  const {env, platform} = process
  const named = env[`LLAMACTL_${kind.toUpperCase()}_DIR`]
  if (named) return named
  const home = env.HOME || homedir()
  if (kind === 'cache' && platform === 'darwin') return join(home, 'Library', 'Caches', 'llamactl')
  const base = env[`XDG_${kind.toUpperCase()}_HOME`] || (platform === 'win32' && env.LOCALAPPDATA)
  return join(base || join(home, kind === 'data' ? '.local/share' : '.cache'), 'llamactl')
}
