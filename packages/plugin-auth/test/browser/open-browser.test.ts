import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {expect} from 'chai'
import {browserCommand, openBrowser} from '../../src/browser/open-browser.js'
import type {Desktop} from '../../src/browser/surroundings.js'
import {requireThat} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const URL_OF_A_SERVER = new URL(
  `https://login.example.com/a'b;$(touch%20x)\`id\`/%PATH%?user_code=A-B&x=^y|z"&$&=$\`#"><%22 calc`,
)

describe('the command that opens a page', () => {
  const url = URL_OF_A_SERVER
  const {href} = url
  const on = (platform: NodeJS.Platform, env: Desktop['env'] = {}) => browserCommand(url, {platform, env})

  const table: [string, NodeJS.Platform, Desktop['env'], string[] | undefined][] = [
    ['macOS', 'darwin', {}, ['open', href]],
    ['Windows', 'win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', href]],
    ['Linux with X', 'linux', {DISPLAY: ':0'}, ['xdg-open', href]],
    ['Linux with Wayland', 'linux', {WAYLAND_DISPLAY: 'wayland-0'}, ['xdg-open', href]],
    ['FreeBSD with X', 'freebsd', {DISPLAY: ':0'}, ['xdg-open', href]],
    ['Windows Subsystem for Linux', 'linux', {WSL_DISTRO_NAME: 'Debian'}, ['wslview', href]],
    ['Linux without a display', 'linux', {}, undefined],
    ['Linux with an empty display', 'linux', {DISPLAY: ''}, undefined],
    ['macOS over SSH', 'darwin', {SSH_CONNECTION: '1.2.3.4 5 6.7.8.9 22'}, undefined],
    ['Linux over SSH with X forwarded', 'linux', {DISPLAY: ':10', SSH_TTY: '/dev/pts/1'}, undefined],
    ['macOS in CI', 'darwin', {CI: 'true'}, undefined],
    ['CI with a browser', 'linux', {CI: '1', BROWSER: 'firefox'}, undefined],
    ['BROWSER=none', 'darwin', {BROWSER: 'none'}, undefined],
    ['an empty BROWSER', 'darwin', {BROWSER: ''}, ['open', href]],
    ['a BROWSER', 'linux', {BROWSER: 'firefox'}, ['firefox', href]],
    ['a BROWSER over SSH', 'linux', {BROWSER: 'firefox', SSH_TTY: '/dev/pts/1'}, ['firefox', href]],
    ['a BROWSER with options', 'linux', {BROWSER: 'firefox  --private'}, ['firefox', '--private', href]],
    ['a BROWSER with a place', 'linux', {BROWSER: 'open %s --wait'}, ['open', href, '--wait']],
    ['a place inside of an option', 'linux', {BROWSER: 'open --app=%s -n'}, ['open', `--app=${href}`, '-n']],
    ['several BROWSERs', 'linux', {BROWSER: 'firefox -P x:chromium'}, ['firefox', '-P', 'x', href]],
    ['a path of Windows', 'win32', {BROWSER: 'C:\\firefox.exe;D:\\other.exe'}, ['C:\\firefox.exe', href]],
  ]
  for (const [what, platform, env, expected] of table) {
    it(`is ${expected ? expected[0] : 'none'} with ${what}`, () => {
      expect(on(platform, env)).to.deep.equal(expected)
    })
  }

  it('has the URL in it once, as one element, whatever characters are in that (login case 48)', () => {
    for (const [, platform, env, expected] of table) {
      if (!expected) continue
      const command = on(platform, env)!
      expect(command.filter((part) => part.includes('login.example.com'))).to.have.length(1)
      expect(command.some((part) => part.endsWith(href))).to.equal(true)
    }
  })
})

describe('opening a page', () => {
  requireThat(process.platform !== 'win32', 'needs a shell script in place of a browser')
  const temporary = useTemporaryFolder()
  const open = (env: Desktop['env']) => openBrowser(URL_OF_A_SERVER, {platform: 'linux', env})

  it('does nothing where there is no browser', async () => {
    expect(await open({})).to.equal(false)
  })

  for (const program of ['no-such-program-of-ours', '/no/such/program', '/dev/null/browser', '/dev/null']) {
    it(`says that it did not when the program is ${program} (login case 50)`, async () => {
      expect(await open({BROWSER: program})).to.equal(false)
    })
  }

  it('starts the program with the URL as one argument, without a shell (login case 48)', async () => {
    const [script, seen] = [join(temporary(), 'browser'), join(temporary(), 'seen')]
    writeFileSync(
      script,
      `#!/bin/sh\nfor arg; do printf '%s\\n' "$arg"; done > '${seen}.part'; mv '${seen}.part' '${seen}'\n`,
    )
    chmodSync(script, 0o755)
    expect(await open({BROWSER: script})).to.equal(true)
    for (let tries = 0; tries < 300 && !existsSync(seen); tries++) await sleep(10)
    expect(readFileSync(seen, 'utf8')).to.equal(`${URL_OF_A_SERVER.href}\n`)
  })
})
