// Takes away what `prepack.mjs` made in a package's folder.
import {rmSync} from 'node:fs'
import {removeBundled} from './bundle-dependencies.mjs'

rmSync('oclif.manifest.json', {force: true})
removeBundled(process.cwd())
