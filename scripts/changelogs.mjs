// `lerna version` runs this when it has written the new versions and before it commits: begins the CHANGELOG.md of each package
// with what was committed in its folder since its last release, one sentence a commit.
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const git = (...args) => execFileSync('git', args, {cwd: root, encoding: 'utf8'}).trim()

for (const name of readdirSync(join(root, 'packages'))) {
  const folder = `packages/${name}`
  const before = JSON.parse(git('show', `HEAD:${folder}/package.json`))
  const {version} = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  if (version !== before.version) begin(folder, before, version)
}

function begin(folder, before, version) {
  const file = join(root, folder, 'CHANGELOG.md')
  const earlier = existsSync(file) ? readFileSync(file, 'utf8').replace('# Changelog\n', '') : undefined
  const today = new Date().toISOString().slice(0, 10)
  const news = earlier === undefined ? '- The first release.' : newsSince(`${before.name}@${before.version}`, folder)
  writeFileSync(file, `# Changelog\n\n## ${version} (${today})\n\n${news}\n${earlier ?? ''}`)
  git('add', file)
}

/** A tag that is not there ends the release: `git fetch --tags` brings it. */
function newsSince(tag, folder) {
  const range = `${git('rev-parse', '--verify', `refs/tags/${tag}`)}..HEAD`
  const log = git('log', '--no-merges', '--format=- %s (%h)', range, '--', folder, `:(exclude)${folder}/test`)
  return log || '- No change of its own: it brings newer versions of what it depends on.'
}
