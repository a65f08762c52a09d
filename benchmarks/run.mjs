// `npm run bench`: see README.md.
import {parseArgs} from 'node:util'

const benchmarks = {
  startup: async () => (await import('./start-up.mjs')).startUp,
  scale: async () => (await import('./scale.mjs')).scale,
  projects: async () => (await import('./projects.mjs')).projects,
  login: async () => (await import('./login.mjs')).login,
  install: async () => (await import('./install.mjs')).install,
  completion: async () => (await import('./completion.mjs')).completion,
}
const usage = `npm run bench -- [${Object.keys(benchmarks).join('|')}] [--rounds N] [--nodes 20,22,24] [--write]\n`

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    only: {type: 'string'},
    rounds: {type: 'string'},
    nodes: {type: 'string'},
    write: {type: 'boolean', default: false},
    help: {type: 'boolean'},
  },
})
const name = values.only ?? positionals[0] ?? 'startup'
const benchmark = await benchmarks[name]?.()
if (!benchmark || values.help) {
  process.stderr.write(usage)
  process.exit(values.help ? 0 : 2)
}

await benchmark({
  ...(values.rounds && {rounds: Number(values.rounds)}),
  ...(values.nodes && {nodes: values.nodes.split(',').map(Number)}),
  isWritten: values.write,
})
