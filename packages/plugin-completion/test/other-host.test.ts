import {spawnSync} from 'node:child_process'
import {expect} from 'chai'
import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {requireThat, requireTools} from '../../plugin-auth/test/support/requires.js'
import {useTemporaryFolder} from '../../plugin-auth/test/support/temporary-folder.js'
import {openSession, writeRcFile} from './support/shell-session.js'
import {BASH_COMPLETION} from './support/start-shell.js'

const require = createRequire(import.meta.url)
const plugin = dirname(require.resolve('@llamactl/plugin-completion/package.json'))
const core = dirname(require.resolve('@oclif/core/package.json'))

describe('in a host of another name, with colons between topics and no other plugin', () => {
  requireTools('bash', 'zsh', 'fish')
  requireThat(existsSync(BASH_COMPLETION), `needs ${BASH_COMPLETION}`)

  const folder = useTemporaryFolder()
  let env: Record<string, string>

  beforeEach(() => {
    const modules = join(folder(), 'host', 'node_modules')
    for (const [name, target] of [
      ['@llamactl/plugin-completion', plugin],
      ['@oclif/core', core],
    ] as const) {
      mkdirSync(dirname(join(modules, name)), {recursive: true})
      symlinkSync(target, join(modules, name))
    }

    const description = {
      name: 'other-ctl',
      version: '3.1.4',
      type: 'module',
      bin: {'other-ctl': 'run.js'},
      dependencies: {'@llamactl/plugin-completion': '*', '@oclif/core': '*'},
      oclif: {
        bin: 'other-ctl',
        binAliases: ['oc'],
        dirname: '@other/files',
        topicSeparator: ':',
        plugins: ['@llamactl/plugin-completion'],
      },
    }
    writeFileSync(join(folder(), 'host', 'package.json'), JSON.stringify(description))
    writeFileSync(
      join(folder(), 'host', 'run.js'),
      `import {execute} from '@oclif/core'\nawait execute({dir: import.meta.url})\n`,
    )
    mkdirSync(join(folder(), 'bin'))
    const start = `#!/bin/sh\nexec '${process.execPath}' '${join(folder(), 'host', 'run.js')}' "$@"\n`
    for (const name of ['other-ctl', 'oc']) writeFileSync(join(folder(), 'bin', name), start, {mode: 0o755})
    env = {PATH: `${join(folder(), 'bin')}:/usr/local/bin:/usr/bin:/bin`, HOME: folder(), NO_COLOR: '1'}
  })

  const run = (...args: string[]) => spawnSync('other-ctl', args, {env, encoding: 'utf8'})

  for (const [title, shell, rc] of [
    ['bash', 'bash', ''],
    ['bash with bash-completion', 'bash', `. ${BASH_COMPLETION}`],
    ['zsh', 'zsh', ''],
    ['fish', 'fish', ''],
  ] as const) {
    it(`completes whole ids in ${title}, by each name of the host`, async () => {
      writeRcFile(shell, folder(), rc, [])
      const {status, stdout, stderr} = run('completion:install', '--shell', shell)
      expect(status, stdout + stderr).to.equal(0)
      const session = await openSession({shell, home: folder(), env})
      try {
        for (const [typed, line] of [
          ['oc completion:in', 'oc completion:install '],
          ['other-ctl comp', 'other-ctl completion:'],
          ['other-ctl completion:install --dr', 'other-ctl completion:install --dry-run '],
          ['oc completion:install --shell z', 'oc completion:install --shell zsh '],
        ] as const) {
          expect((await session.tab(typed)).line).to.equal(line)
          await session.clear()
        }
      } finally {
        session.close()
      }
    })
  }

  it('has its index and its script written anew by the first command after an upgrade', () => {
    run('completion:install', '--shell', 'fish')
    const path = join(folder(), '.config', 'fish', 'completions', 'other-ctl.fish')
    const index = join(folder(), '.cache', '@other', 'files', 'completion', 'spec.tsv')
    const [script, spec] = [path, index].map((file) => readFileSync(file, 'utf8'))
    writeFileSync(path, script!.replace('fish 3.2', 'fish 3.1'))
    writeFileSync(index, spec!.replace('completion:uninstall', 'completion:gone'))
    const later = Date.now() / 1000 + 60
    utimesSync(join(folder(), 'host', 'package.json'), later, later)
    expect(run('completion:generate', 'bash').status).to.equal(0)
    expect([path, index].map((file) => readFileSync(file, 'utf8'))).to.deep.equal([script, spec])
  })

  it('never says llamactl, and has folders and variables of its own', () => {
    const outputs = [
      run('completion:install', '--help'),
      run('completion:uninstall', '--help'),
      run('completion:generate', 'bash'),
      run('completion:generate', 'zsh'),
      run('completion:generate', 'fish'),
      run('completion:install', '--shell', 'fish'),
      run('completion:install', '--shell', 'tcsh'),
      run('completion:uninstall'),
    ].map(({stdout, stderr}) => stdout + stderr)
    expect(outputs.join('\n')).not.to.match(/llamactl(?!\/plugin-completion)/i)
    expect(outputs.join('\n')).to.contain('OTHER_CTL_CACHE_DIR').and.to.contain('other-ctl completion:install')
    expect(run('completion:refresh').status).to.equal(0)
    expect(readdirSync(join(folder(), '.cache', '@other', 'files', 'completion'))).to.deep.equal(['spec.tsv'])
  })

  it('fails with a code, in text and JSON alike', () => {
    const text = run('completion:install', '--shell', 'tcsh')
    expect({status: text.status, stdout: text.stdout}).to.deep.equal({status: 2, stdout: ''})
    expect(text.stderr).to.match(/^Error: .*\(USAGE\)\n/)
    const json = run('completion:install', '--shell', 'tcsh', '--json')
    expect(json.status).to.equal(2)
    expect(JSON.parse(json.stdout)).to.have.nested.property('error.code', 'USAGE')

    const path = join(folder(), '.config', 'fish', 'completions', 'other-ctl.fish')
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(path, '# mine\n')
    expect(run('completion:install', '--shell', 'fish').status).to.equal(1)
    expect(readFileSync(path, 'utf8')).to.equal('# mine\n')
    expect(JSON.parse(run('completion:install', '--shell', 'fish', '--json').stdout)).to.have.nested.property(
      'error.code',
      'FOREIGN_FILE',
    )
  })

  it('is removed from the other shells where one of them refuses, and says both', () => {
    const fish = join(folder(), '.config', 'fish', 'completions', 'other-ctl.fish')
    const install = () => run('completion:install', '--shell', 'fish')
    install()
    writeFileSync(join(folder(), '.zshrc'), '# >>> other-ctl completion >>>\n')
    const text = run('completion:uninstall')
    expect(text.status).to.equal(1)
    expect(text.stdout).to.contain(`Removed ${fish}`)
    expect(text.stderr).to.contain('.zshrc').and.to.contain('(FOREIGN_FILE)')
    expect(existsSync(fish)).to.equal(false)

    install()
    const json = run('completion:uninstall', '--json')
    expect(json.status).to.equal(1)
    expect(JSON.parse(json.stdout)).to.have.nested.property('error.code', 'FOREIGN_FILE')
    expect(JSON.parse(json.stdout).files).to.deep.include({path: fish, action: 'remove'})
  })
})
