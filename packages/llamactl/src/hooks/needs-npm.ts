import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import type {Hook} from '@oclif/core'
import {fail} from './fail.js'

/** Commands of `plugins` that run npm: the one beside this CLI, or on PATH. Without it they call each plugin unknown. */
const RUN_NPM = ['plugins:install', 'plugins:link', 'plugins:uninstall', 'plugins:update']

const needsNpm: Hook.Prerun = async function ({Command: {id}, argv, config}) {
  if (!RUN_NPM.includes(id) || isOnPath() || (await isBeside(config.root))) return
  const message = `${id.replace(':', ' ')} runs npm, and there is none on PATH.`
  const suggestions = ['npm comes with Node.js: https://nodejs.org/en/download']
  fail({code: 'NPM_MISSING', message, suggestions}, {argv, exit: 1})
}

export default needsNpm

async function isBeside(root: string): Promise<boolean> {
  const {createRequire} = await import('node:module')
  try {
    createRequire(join(root, 'package.json')).resolve('npm/package.json')
    return true
  } catch {
    return false
  }
}

const isOnPath = (): boolean =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => ['npm', 'npm.cmd'].some((name) => existsSync(join(folder, name))))
