import type {Config} from '@oclif/core'
import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {useTemporaryFolder} from '../../../plugin-auth/test/support/temporary-folder.js'
import {planInstallation, planUninstallation, renewScripts} from '../../src/installation/install.js'
import type {Person} from '../../src/installation/person.js'
import {INSTALLABLE, type Installable} from '../../src/installation/places.js'
import {makeSample, type Sample} from '../support/sample.js'

describe('an installation', () => {
  const home = useTemporaryFolder()
  let sample: Sample
  let config: Config
  let answers: Partial<Record<'bash' | 'zsh', string>>

  beforeEach(async () => {
    sample = await makeSample()
    config = sample.config
    config.dataDir = join(home(), '.local', 'share', 'llamactl')
    answers = {}
  })
  afterEach(() => sample.remove())

  const person = (): Person => ({
    home: home(),
    env: {},
    platform: 'linux',
    ask: async (shell) => answers[shell],
  })

  async function install(shell: Installable): Promise<string[]> {
    const steps = await planInstallation(shell, config, person())
    for (const step of steps) step.apply()
    return steps.map(({action, path}) => `${action} ${path.slice(home().length + 1)}`)
  }

  async function uninstall(): Promise<string[]> {
    const steps = (await Promise.all(INSTALLABLE.map((shell) => planUninstallation(shell, config, person())))).flat()
    for (const step of steps) step.apply()
    return steps.map(({action, path}) => `${action} ${path.slice(home().length + 1)}`)
  }

  const files = (folder = home()): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder, {recursive: true, withFileTypes: true})
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
    )

  it('for bash with bash-completion writes one file a name of the CLI, and touches no rc file', async () => {
    answers.bash = '_completion_loader\n'
    writeFileSync(join(home(), '.bashrc'), 'mine\n')
    const folder = '.local/share/bash-completion/completions'
    expect(await install('bash')).to.deep.equal([`create ${folder}/llamactl`, `create ${folder}/lctl`])
    expect(files()['.bashrc']).to.equal('mine\n')
    expect(await install('bash')).to.deep.equal([`keep ${folder}/llamactl`, `keep ${folder}/lctl`])
    expect(await uninstall()).to.deep.equal([`remove ${folder}/llamactl`, `remove ${folder}/lctl`])
    expect(files()).to.deep.equal({'.bashrc': 'mine\n'})
  })

  it('for bash without it, or where bash does not answer, adds a block to .bashrc', async () => {
    writeFileSync(join(home(), '.bashrc'), 'mine')
    expect(await install('bash')).to.include('update .bashrc')
    expect(files()['.bashrc']).to.match(/^mine\n# >>> llamactl completion >>>\n\[ -r '.*' \] && \. '.*'\n# <<</)
    expect(await install('bash')).to.include('keep .bashrc')
    await uninstall()
    expect(files()).to.deep.equal({'.bashrc': 'mine'})
  })

  it('for fish writes one file a name of the CLI', async () => {
    const folder = '.config/fish/completions'
    expect(await install('fish')).to.deep.equal([`create ${folder}/llamactl.fish`, `create ${folder}/lctl.fish`])
    await uninstall()
    expect(files()).to.deep.equal({})
  })

  it('for zsh adds a block to the .zshrc that zsh reads, and makes and removes it where there is none', async () => {
    answers.zsh = join(home(), 'z')
    expect(await install('zsh')).to.deep.equal(['create .local/share/llamactl/completion/_llamactl', 'create z/.zshrc'])
    expect(files()['.local/share/llamactl/completion/_llamactl']).to.match(/^#compdef llamactl lctl\n# Written by /)
    expect(await uninstall()).to.have.members(['remove .local/share/llamactl/completion/_llamactl', 'remove z/.zshrc'])
    expect(files()).to.deep.equal({})
  })

  it('writes through a symbolic link, and keeps the mode', async () => {
    mkdirSync(join(home(), 'dotfiles'))
    writeFileSync(join(home(), 'dotfiles', 'zshrc'), 'mine\n')
    chmodSync(join(home(), 'dotfiles', 'zshrc'), 0o640)
    symlinkSync('dotfiles/zshrc', join(home(), '.zshrc'))
    await install('zsh')
    expect(readlinkSync(join(home(), '.zshrc'))).to.equal('dotfiles/zshrc')
    expect(files()['dotfiles/zshrc']).to.contain('llamactl completion')
    await uninstall()
    expect(files()).to.deep.equal({'dotfiles/zshrc': 'mine\n'})
    expect(statSync(join(home(), '.zshrc')).mode & 0o777).to.equal(0o640)
    expect(lstatSync(join(home(), '.zshrc')).isSymbolicLink()).to.equal(true)
  })

  it('makes the target of a symbolic link that leads to nothing, and takes it away again', async () => {
    symlinkSync('dotfiles/zshrc', join(home(), '.zshrc'))
    await install('zsh')
    expect(files()['dotfiles/zshrc']).to.contain('llamactl completion')
    await uninstall()
    expect(files()).to.deep.equal({})
    expect(readlinkSync(join(home(), '.zshrc'))).to.equal('dotfiles/zshrc')
  })

  it('keeps the bytes of a file in another encoding, and writes its own lines in UTF-8', async () => {
    const path = join(home(), '.zshrc')
    const before = Buffer.from([0x23, 0xe9, 0xff, 0x0a, 0xc3])
    writeFileSync(path, before)
    config.dataDir = join(home(), 'zoë', 'llamactl')
    await install('zsh')
    expect(readFileSync(path, 'utf8')).to.contain('zoë/llamactl')
    await uninstall()
    expect(readFileSync(path).equals(before)).to.equal(true)
  })

  it('says which lines a read-only rc file needs, and writes nothing', async () => {
    writeFileSync(join(home(), '.zshrc'), 'made by a manager\n')
    chmodSync(join(home(), '.zshrc'), 0o444)
    const error = await install('zsh').catch((error: unknown) => error)
    expect(error).to.have.property('code', 'READ_ONLY_FILE')
    expect((error as {suggestions: string[]}).suggestions.join('\n')).to.contain('compdef _llamactl llamactl lctl')
    expect(files()).to.deep.equal({'.zshrc': 'made by a manager\n'})
    expect(await planInstallation('zsh', config, person()).catch((error: unknown) => error)).to.have.property(
      'code',
      'READ_ONLY_FILE',
    )
  })

  it('is not removed from a read-only rc file, nor half of it', async () => {
    await install('zsh')
    chmodSync(join(home(), '.zshrc'), 0o444)
    const before = files()
    expect(await uninstall().catch((error: unknown) => error)).to.have.property('code', 'READ_ONLY_FILE')
    expect(files()).to.deep.equal(before)
    chmodSync(join(home(), '.zshrc'), 0o644)
    expect(await uninstall()).to.have.length(2)
  })

  for (const shell of INSTALLABLE) {
    it(`for ${shell} refuses a file that something else wrote before it touches any, and does not remove it`, async () => {
      answers.bash = '_comp_load\n'
      const plan = await planInstallation(shell, config, person())
      const path = plan[0]!.path
      mkdirSync(join(path, '..'), {recursive: true})
      writeFileSync(path, 'written by a package\n')
      const before = files()
      expect(await install(shell).catch((error: unknown) => error)).to.have.property('code', 'FOREIGN_FILE')
      expect(files()).to.deep.equal(before)
      await uninstall()
      expect(files()).to.deep.equal(before)
    })
  }

  for (const [what, make] of [
    ['folder', (path: string) => void mkdirSync(path, {recursive: true})],
    ['pipe', (path: string) => void execFileSync('mkfifo', [path])],
  ] as const) {
    it(`refuses a ${what} in the place of a file by its path, and leaves it alone when removed`, async () => {
      for (const shell of INSTALLABLE) {
        const path = (await planInstallation(shell, config, person())).at(-1)!.path
        mkdirSync(join(path, '..'), {recursive: true})
        make(path)
        const error = await install(shell).catch((error: unknown) => error)
        expect(error).to.have.property('code', 'FOREIGN_FILE')
        expect(error).to.have.property('message', `${path} is not a file.`)
      }

      make(join(home(), '.bash_profile'))
      expect(await uninstall()).to.deep.equal([])
      expect(files()).to.deep.equal({})
    })
  }

  it('refuses an rc file in which one end of the block is missing', async () => {
    writeFileSync(join(home(), '.zshrc'), '# >>> llamactl completion >>>\nmine\n')
    expect(await install('zsh').catch((error: unknown) => error)).to.have.property('code', 'FOREIGN_FILE')
  })

  it('is renewed after an upgrade: scripts that are there, and no others', async () => {
    await install('fish')
    const path = join(home(), '.config/fish/completions/llamactl.fish')
    const now = readFileSync(path, 'utf8')
    writeFileSync(path, now.replace('fish 3.2', 'fish 3.1'))
    for (const shell of INSTALLABLE) renewScripts(shell, config, person())
    expect(readFileSync(path, 'utf8')).to.equal(now)
    expect(Object.keys(files())).to.have.length(2)
  })

  it('puts the values of no person and the paths of no computer into a script', async () => {
    await install('fish')
    for (const text of Object.values(files())) expect(text).not.to.contain(home()).and.not.to.contain(sample.folder)
  })

  it('escapes a home with a space and a quote', async () => {
    config.dataDir = join(home(), "it's my home", 'llamactl')
    await install('zsh')
    expect(files()['.zshrc']).to.contain(`it'\\''s my home`)
  })
})
