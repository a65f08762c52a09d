import {expect} from 'chai'
import {type Desktop, isWsl, whyNoBrowser} from '../../src/browser/surroundings.js'

describe('where a login runs (login case 49)', () => {
  const at = (env: Desktop['env'], paths: string[] = [], platform: NodeJS.Platform = 'linux'): Desktop => ({
    platform,
    env,
    pathExists: (path) => paths.includes(path),
  })
  const DISPLAY = {DISPLAY: ':0'}

  const table: [string, Desktop, string | undefined][] = [
    ['a desktop', at(DISPLAY), undefined],
    ['macOS', at({}, [], 'darwin'), undefined],
    ['Windows', at({}, [], 'win32'), undefined],
    ['no display', at({}), 'there is no display'],
    ['SSH', at({...DISPLAY, SSH_CONNECTION: '1 2 3 4'}), 'this is an SSH session'],
    ['SSH to a Mac', at({SSH_TTY: '/dev/ttys1'}, [], 'darwin'), 'this is an SSH session'],
    ['Docker', at(DISPLAY, ['/.dockerenv']), 'this is a container'],
    ['Podman', at(DISPLAY, ['/run/.containerenv']), 'this is a container'],
    ['systemd-nspawn', at({...DISPLAY, container: 'systemd-nspawn'}), 'this is a container'],
    ['Docker under WSL', at({WSL_DISTRO_NAME: 'Debian'}, ['/.dockerenv']), 'this is a container'],
    [
      'a development container with a way to the browser',
      at({BROWSER: '/vscode/browser.sh'}, ['/.dockerenv']),
      undefined,
    ],
    ['Codespaces', at({BROWSER: '/vscode/browser.sh', CODESPACES: 'true', SSH_CONNECTION: '1'}), undefined],
    ['WSL', at({WSL_DISTRO_NAME: 'Debian'}), undefined],
    ['WSL with a cleared environment', at({}, ['/proc/sys/fs/binfmt_misc/WSLInterop']), undefined],
    ['CI', at({...DISPLAY, CI: '1'}), 'this is CI'],
    ['BROWSER=none', at({...DISPLAY, BROWSER: 'none'}), 'BROWSER is none'],
  ]
  for (const [what, desktop, reason] of table) {
    it(`${reason ? `has no browser with ${what}, and says why` : `has a browser with ${what}`}`, () => {
      expect(whyNoBrowser(desktop)).to.equal(reason)
    })
  }

  it('is WSL only outside of a container', () => {
    expect(isWsl(at({WSL_DISTRO_NAME: 'Debian'}))).to.equal(true)
    expect(isWsl(at({WSL_DISTRO_NAME: 'Debian'}, ['/.dockerenv']))).to.equal(false)
    expect(isWsl(at({}))).to.equal(false)
  })
})
