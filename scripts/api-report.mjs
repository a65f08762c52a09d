// The public API of plugin-auth as a text that a review can read: `docs/api/*.api.md`. Fails where an export, or a type that an export
// needs, is not documented or not exported; with `--check`, also where the text is not what the code says.
import {Extractor, ExtractorConfig} from '@microsoft/api-extractor'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const isCheck = process.argv.includes('--check')
const projectFolder = join(root, 'packages', 'plugin-auth')
const scratch = mkdtempSync(join(tmpdir(), 'llamactl-api-'))
let hasFailed = false

for (const [entry, report] of [
  ['index', 'plugin-auth'],
  ['testing/index', 'plugin-auth-testing'],
]) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: join(projectFolder, 'dist', `${entry}.d.ts`),
      compiler: {tsconfigFilePath: join(projectFolder, 'tsconfig.json')},
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: join(root, 'docs', 'api'),
        reportTempFolder: scratch,
      },
      newlineKind: 'lf',
      docModel: {enabled: false},
      dtsRollup: {enabled: false},
      tsdocMetadata: {enabled: false},
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
  })
  const {apiReportChanged} = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback(message) {
      message.logLevel = 'none'
      // Everything that is exported is public: nothing is tagged.
      const isUnwanted = /^(ae-(?!missing-release-tag)|tsdoc-)/.test(message.messageId)
      if (isUnwanted) fail(`${message.sourceFilePath ?? report}: ${message.text}`)
    },
  })
  if (isCheck && apiReportChanged) fail(`docs/api/${report}.api.md is not what the code exports. Run: npm run surface`)
}

rmSync(scratch, {recursive: true})
process.exitCode = hasFailed ? 1 : 0

function fail(text) {
  process.stderr.write(`${text}\n`)
  hasFailed = true
}
