// Takes away what `prepack.mjs` made in a package's folder.
import {readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'

const {bundleDependencies = []} = JSON.parse(readFileSync('package.json', 'utf8'))
const made = ['oclif.manifest.json', ...bundleDependencies.map((name) => join('node_modules', name))]
for (const path of made) rmSync(path, {recursive: true, force: true})
