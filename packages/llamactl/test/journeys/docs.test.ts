import {startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {closeTerminals} from '../../../plugin-auth/test/support/terminal.js'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {patternOf, readConsoleBlocks, readMentions} from '../support/console-blocks.js'
import {createSandbox, type Sandbox, startProgram} from '../support/sandbox.js'
import {runInShell} from '../support/shell-session.js'

const root = new URL('../../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const PAGES = [
  {page: 'getting-started.md', hasTerminal: true},
  {page: 'scripting.md', hasTerminal: false},
]

describe('the pages that begin with what one types', () => {
  requireTools('sh', 'curl', 'jq')

  let sandbox: Sandbox
  afterEach(async () => {
    await closeTerminals()
    sandbox.remove()
  })

  for (const {page, hasTerminal} of PAGES) {
    it(`${page} shows what its commands print`, async () => {
      await using plane = await startDevControlPlane({interval: 0.1})
      sandbox = createSandbox({BROWSER: 'true', SHELL: '/bin/bash', XDG_DATA_HOME: ''})
      const shown = readConsoleBlocks(read(`docs/${page}`))
      const printed = await runInShell(
        shown.map(({command}) => command.replaceAll('http://127.0.0.1:4010', plane.url)),
        {sandbox, plane, hasTerminal},
      )
      for (const [index, {command, output}] of shown.entries()) {
        const actual = printed[index] ?? ''
        expect(
          patternOf(output).test(actual),
          `docs/${page} shows:\n$ ${command}\n${output}\n\nIt prints:\n${actual}\n`,
        ).to.be.true
      }
    })
  }
})

it('the picture in the README shows what the demo prints', async () => {
  const script = fileURLToPath(new URL('scripts/demo-svg.mjs', root))
  const {exitCode, stderr} = await startProgram(process.execPath, [script, '--check'], {
    env: process.env,
    cwd: fileURLToPath(root),
  }).finished
  expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
})

describe('every page', () => {
  it('names commands and flags that there are', () => {
    const commands = ['plugin-auth', 'plugin-completion'].flatMap(
      (name) =>
        JSON.parse(read(`packages/${name}/command-snapshot.json`)) as {
          command: string
          alias: string[]
          flags: string[]
        }[],
    )
    const flagsOf = new Map(commands.flatMap(({command, alias, flags}) => [command, ...alias].map((id) => [id, flags])))

    const pages = [
      'README.md',
      ...readdirSync(new URL('docs', root))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ]
    const wrong = pages.flatMap((page) =>
      readMentions(read(page), 'llamactl')
        .filter(({words, flags}) => {
          const known = [...words.keys()]
            .map((index) => flagsOf.get(words.slice(0, index + 1).join(':')))
            .findLast(Boolean)
          const isTopic = commands.some(({command}) => command.startsWith(`${words.join(':')}:`))
          return known ? flags.some((flag) => !['help', ...known].includes(flag.replace(/^no-/, ''))) : !isTopic
        })
        .map(({text}) => `${page}: ${text}`),
    )
    expect(wrong).to.deep.equal([])
  })
})
