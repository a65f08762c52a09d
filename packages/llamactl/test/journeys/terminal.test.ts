/* eslint-disable no-control-regex */
import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {
  closeTerminals,
  openTerminal,
  reportingShell,
  terminalReport,
} from '../../../plugin-auth/test/support/terminal.js'
import {openCli} from '../support/open-cli.js'
import {ada, grace} from '../support/people.js'
import {prepare, prepareToken} from '../support/prepare.js'
import {CLI, createSandbox, type Sandbox} from '../support/sandbox.js'

const AS_BEFORE = {isCanonical: true, isEchoing: true, isCursorVisible: true}

describe('on a terminal', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(async () => {
    await closeTerminals()
    sandbox.remove()
    await plane.close()
  })

  const list = async () =>
    (await sandbox.run(['auth', 'list', '--json'])).json<{name: string; active: boolean; project_id: string}[]>()

  describe('auth token', () => {
    it('asks for the key, shows stars for it, and lets one choose a project', async () => {
      const terminal = openCli(sandbox, ['auth', 'token'])
      await terminal.waitFor('API key')
      terminal.write(ada.key)
      await terminal.waitFor('***')
      terminal.press('enter')
      expect(await terminal.waitFor('Which project?'))
        .to.contain('Invoices')
        .and.not.to.contain('Flow')
      terminal.press('down')
      terminal.press('enter')
      await terminal.waitFor(/Logged in to .* as llx-de\*\*\*\*4da1/)
      expect(await terminalReport(terminal)).to.deep.equal({exitCode: 0, ...AS_BEFORE})
      expect(terminal.text()).not.to.contain(ada.key)
      expect(await list()).to.have.nested.property('[0].active', true)
    })

    it('says that a key is refused and asks again; the second one is the one that is kept', async () => {
      const terminal = openCli(sandbox, ['auth', 'token'])
      await terminal.waitFor('API key')
      terminal.write('llx-the-first-key-is-wrong')
      terminal.press('enter')
      await terminal.waitFor('does not accept this credential')
      await terminal.waitFor(/API key[^]*API key/)
      terminal.write(grace.key)
      terminal.press('enter')
      await terminal.waitFor('Logged in to')
      expect(await terminalReport(terminal)).to.deep.equal({exitCode: 0, ...AS_BEFORE})
      const stored = Object.entries(sandbox.files()).filter(([name]) => name.startsWith('credentials/'))
      expect(stored.map(([, text]) => text).join())
        .to.contain(grace.key)
        .and.not.to.contain('the-first-key')
      expect(await list()).to.have.nested.property('[0].name', grace.keyName)
    })

    it('asks again also when the refused key came from the command line', async () => {
      const terminal = openCli(sandbox, ['auth', 'token', '--api-key', 'llx-wrong'])
      await terminal.waitFor('does not accept this credential')
      terminal.write(grace.key)
      terminal.press('enter')
      await terminal.waitFor('Logged in to')
      expect((await terminalReport(terminal)).exitCode).to.equal(0)
    })

    for (const key of ['escape', 'ctrl-c', 'ctrl-d'] as const) {
      it(`leaves everything as it was on ${key} at the key`, async () => {
        const before = sandbox.files()
        const terminal = openCli(sandbox, ['auth', 'token'])
        await terminal.waitFor('API key')
        terminal.write('llx-half')
        terminal.press(key)
        expect(await terminalReport(terminal)).to.deep.equal({exitCode: 130, ...AS_BEFORE})
        expect(terminal.text()).to.contain('Cancelled')
        expect(sandbox.files()).to.deep.equal(before)
      })

      it(`leaves everything as it was on ${key} at the project`, async () => {
        const before = sandbox.files()
        const terminal = openCli(sandbox, ['auth', 'token', '--api-key', ada.key])
        await terminal.waitFor('Which project?')
        terminal.press(key)
        expect(await terminalReport(terminal)).to.deep.equal({exitCode: 130, ...AS_BEFORE})
        expect(sandbox.files()).to.deep.equal(before)
      })
    }

    it('never asks with --no-interactive, in CI, on a dumb terminal, or with --json', async () => {
      for (const [args, env] of [
        [['--no-interactive'], {}],
        [[], {CI: 'true'}],
        [[], {TERM: 'dumb'}],
        [['--json'], {}],
      ] as [string[], Record<string, string>][]) {
        const terminal = openCli(sandbox, ['auth', 'token', ...args], env)
        expect((await terminalReport(terminal)).exitCode, JSON.stringify([args, env])).to.equal(2)
        expect(terminal.text()).to.contain('INPUT_REQUIRED')
      }
    })

    it('asks in CI when --interactive says so', async () => {
      const terminal = openCli(sandbox, ['auth', 'token', '--interactive'], {CI: 'true'})
      await terminal.waitFor('API key')
      terminal.press('escape')
      expect((await terminalReport(terminal)).exitCode).to.equal(130)
    })
  })

  it('asks for a profile to switch to, with the current one marked', async () => {
    await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
    await prepareToken(sandbox, grace.key, '--name', 'grace')
    const terminal = openCli(sandbox, ['auth', 'switch'])
    expect(await terminal.waitFor('Which profile?')).to.match(/grace.*current/)
    terminal.press('up')
    terminal.press('enter')
    await terminal.waitFor('Switched to profile ada')
    expect(await terminalReport(terminal)).to.deep.equal({exitCode: 0, ...AS_BEFORE})
    expect((await list()).find(({active}) => active)?.name).to.equal('ada')
  })

  it('asks which profile to log out, and keeps all of them on Esc', async () => {
    await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
    await prepareToken(sandbox, grace.key, '--name', 'grace')
    const cancelled = openCli(sandbox, ['auth', 'logout'])
    await cancelled.waitFor('Log out which profile?')
    cancelled.press('escape')
    expect((await terminalReport(cancelled)).exitCode).to.equal(130)
    expect(await list()).to.have.length(2)
    const terminal = openCli(sandbox, ['auth', 'logout'])
    await terminal.waitFor('Log out which profile?')
    terminal.press('enter')
    await terminal.waitFor('Logged out grace')
    expect((await terminalReport(terminal)).exitCode).to.equal(0)
    expect((await list()).map(({name}) => name)).to.deep.equal(['ada'])
  })

  it('finds one of many projects by typing a part of its name', async () => {
    await using large = await startDevControlPlane({
      seed: {
        projects: Array.from({length: 200}, (_, number) => ({
          project_id: `prj-${number}`,
          project_name: `Project ${number}`,
        })),
        users: [{email: 'many@example.com', password: 'many'}],
        api_keys: [{user: 'many@example.com', secret: 'llx-many-projects-key'}],
      },
    })
    await prepare(sandbox, ['auth', 'env', 'add', large.url])
    await prepareToken(sandbox, 'llx-many-projects-key', '--project-id', 'prj-0')
    const terminal = openCli(sandbox, ['auth', 'project'])
    await terminal.waitFor('Which project?')
    terminal.write('ject 137')
    await terminal.waitFor(/Project 137/)
    terminal.press('enter')
    await terminal.waitFor('now works in project prj-137')
    expect((await terminalReport(terminal)).exitCode).to.equal(0)
    expect((await list())[0]?.project_id).to.equal('prj-137')
  })

  it('lets one type a project where no auth is required, even when the server lists none', async () => {
    await using open = await startDevControlPlane({requiresAuth: false})
    await prepare(sandbox, ['auth', 'env', 'add', open.url])
    const first = openCli(sandbox, ['auth', 'token'])
    await first.waitFor('Project ID')
    first.write('my-project')
    first.press('enter')
    await first.waitFor('as default, project my-project')
    expect((await terminalReport(first)).exitCode).to.equal(0)
    const second = openCli(sandbox, ['auth', 'project'])
    await second.waitFor('Project ID')
    second.press('ctrl-u')
    second.write('another')
    second.press('enter')
    await second.waitFor('now works in project another')
    expect((await terminalReport(second)).exitCode).to.equal(0)
  })

  it('asks for an environment to add, switch to, and delete', async () => {
    await using other = await startDevControlPlane()
    const add = openCli(sandbox, ['auth', 'env', 'add'])
    await add.waitFor('URL of the control plane')
    add.write(other.url)
    add.press('enter')
    await add.waitFor(`Added ${other.url}`)
    expect((await terminalReport(add)).exitCode).to.equal(0)

    const switching = openCli(sandbox, ['auth', 'env', 'switch'])
    expect(await switching.waitFor('Which environment?')).to.match(/\d+.*current/)
    switching.write(plane.url.slice(-5))
    switching.press('escape')
    expect((await terminalReport(switching)).exitCode).to.equal(130)

    const deleting = openCli(sandbox, ['auth', 'env', 'delete'])
    await deleting.waitFor('Delete which environment?')
    deleting.press('enter')
    await deleting.waitFor(`Deleted ${other.url}`)
    expect((await terminalReport(deleting)).exitCode).to.equal(0)
  })

  it('asks before it keeps a key in a plain file where there is no keychain, and takes no for an answer (case 2)', async () => {
    const env = {LLAMACTL_CREDENTIAL_STORE: 'auto'}
    const refused = openCli(sandbox, ['auth', 'token', '--api-key', grace.key], env)
    await refused.waitFor('plain file')
    refused.press('enter')
    expect((await terminalReport(refused)).exitCode).to.equal(5)
    expect(refused.text()).to.contain('KEYCHAIN_UNAVAILABLE').and.to.contain('--insecure-storage')
    expect(await list()).to.deep.equal([])

    const accepted = openCli(sandbox, ['auth', 'token', '--api-key', grace.key], env)
    await accepted.waitFor('plain file')
    accepted.write('y')
    await accepted.waitFor('Logged in to')
    expect((await terminalReport(accepted)).exitCode).to.equal(0)
    expect(await list()).to.have.nested.property('[0].credential_store', 'file')
  })

  describe('auth login', () => {
    it('shows the page and the code, counts down, and goes on by itself once a person approved', async () => {
      const terminal = openCli(sandbox, ['auth', 'login'])
      const screen = await terminal.waitFor(/\d+:\d\d left/)
      const [, verification_uri, user_code] = /\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/.exec(screen) ?? []
      await plane.approve({verification_uri: verification_uri ?? '', user_code: user_code ?? ''}, {user: ada.email})
      await terminal.waitFor('Which project?')
      terminal.press('down')
      terminal.press('enter')
      await terminal.waitFor(`Logged in to ${plane.url} as ${ada.email}, project`)
      expect(await terminalReport(terminal)).to.deep.equal({exitCode: 0, ...AS_BEFORE})
    })

    it('gives up at once on Ctrl-C while it waits, with the terminal as before (login case 14)', async () => {
      const before = sandbox.files()
      const terminal = openCli(sandbox, ['auth', 'login'])
      await terminal.waitFor(/left/)
      terminal.press('ctrl-c')
      expect(await terminalReport(terminal)).to.deep.equal({exitCode: 130, ...AS_BEFORE})
      expect(sandbox.files()).to.deep.equal(before)
    })

    it('makes no key and revokes the refresh token when the person gives up at the project (login case 17)', async () => {
      const terminal = openCli(sandbox, ['auth', 'login'])
      const screen = await terminal.waitFor(/left/)
      const [, verification_uri, user_code] = /\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/.exec(screen) ?? []
      await plane.approve({verification_uri: verification_uri ?? '', user_code: user_code ?? ''}, {user: ada.email})
      await terminal.waitFor('Which project?')
      terminal.press('ctrl-c')
      expect((await terminalReport(terminal)).exitCode).to.equal(130)
      expect(plane.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.deep.equal([])
      expect(plane.requests.filter(({path}) => path.endsWith('/token/revocation'))).to.have.length(1)
      expect(await list()).to.deep.equal([])
    })

    it('copies the code, shows the page as a QR code, and opens it, on one key each, with the terminal as before', async () => {
      const {chmodSync, existsSync, writeFileSync} = await import('node:fs')
      const [browser, opened] = [`${sandbox.folder}/browser`, `${sandbox.folder}/opened`]
      writeFileSync(browser, `#!/bin/sh\n[ -e '${opened}' ] && touch '${opened}-again'; touch '${opened}'\n`)
      chmodSync(browser, 0o755)
      const env = {BROWSER: browser, SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22', NO_COLOR: ''}
      const terminal = openCli(sandbox, ['auth', 'login', '--no-browser'], env)
      const screen = await terminal.waitFor(/Press c to copy the code, o to open the page[^]*left/)
      const [, code = ''] = /\n {4}(\S+-\S+)\n/.exec(screen) ?? []
      expect(code).not.to.equal('')
      terminal.write('x')
      terminal.write('c')
      await terminal.waitFor('asked to copy')
      const sequences = [...terminal.text().matchAll(/\u001B\]52;c;([\w+/=]*)\u0007/g)]
      expect(sequences.map(([, text = '']) => Buffer.from(text, 'base64').toString())).to.deep.equal([code])
      terminal.write('q')
      await terminal.waitFor(/[▀▄█]{5}/)
      expect(terminal.text()).to.contain('\u001B[30;107m')
      expect(existsSync(opened)).to.equal(false)
      terminal.write('o')
      for (let tries = 0; !existsSync(opened) && tries < 250; tries++) await new Promise((done) => setTimeout(done, 20))
      expect(existsSync(opened)).to.equal(true)
      terminal.press('ctrl-c')
      expect(await terminalReport(terminal)).to.deep.equal({exitCode: 130, ...AS_BEFORE})
    })

    it('opens the page of --web by itself, whole and in one argument, and leaves the terminal as before at Ctrl-C', async () => {
      const {chmodSync, existsSync, readFileSync, writeFileSync} = await import('node:fs')
      const [browser, opened] = [`${sandbox.folder}/browser`, `${sandbox.folder}/opened`]
      writeFileSync(browser, `#!/bin/sh\necho "$#" "$1" > '${opened}-part'; mv '${opened}-part' '${opened}'\n`)
      chmodSync(browser, 0o755)
      const terminal = openCli(sandbox, ['auth', 'login', '--web'], {BROWSER: browser})
      await terminal.waitFor(/has been opened[^]*Press o to open the page, Ctrl-C to give up[^]*left/)
      for (let tries = 0; !existsSync(opened) && tries < 250; tries++) await new Promise((done) => setTimeout(done, 20))
      expect(readFileSync(opened, 'utf8')).to.match(/^1 http:\S+\/auth\?\S*&code_challenge_method=S256\S*\n$/)
      terminal.press('ctrl-c')
      expect(await terminalReport(terminal)).to.deep.equal({exitCode: 130, ...AS_BEFORE})
    })

    it('offers no browser over SSH and says why; a QR code with --qr, without colours under NO_COLOR (login case 49)', async () => {
      const env = {BROWSER: '', SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22', DISPLAY: ':10'}
      const terminal = openCli(sandbox, ['auth', 'login', '--qr'], env)
      await terminal.waitFor(/left/)
      expect(terminal.text()).to.contain('this is an SSH session').and.not.to.contain('o to open')
      expect(terminal.text()).to.match(/[▀▄█]{5}/)
      expect(terminal.text()).not.to.match(/\u001B\[[\d;]*m/)
      terminal.press('ctrl-c')
      expect((await terminalReport(terminal)).exitCode).to.equal(130)
    })

    it('says instead of drawing that a QR code would not fit', async () => {
      const terminal = openTerminal(...reportingShell(process.execPath, [CLI, 'auth', 'login', '--qr']), {
        env: sandbox.env,
        cwd: sandbox.folder,
        columns: 39,
      })
      await terminal.waitFor(/wider terminal/)
      terminal.press('ctrl-c')
      expect((await terminalReport(terminal)).exitCode).to.equal(130)
    })

    for (const [what, env] of [
      ['ACCESSIBLE=1', {ACCESSIBLE: '1', NO_COLOR: ''}],
      ['TERM=dumb', {TERM: 'dumb'}],
    ] as [string, Record<string, string>][]) {
      it(`draws nothing twice with ${what}: lines, words, and no control characters`, async () => {
        await using hasty = await startDevControlPlane({deviceCodeLifetime: 11})
        await prepare(sandbox, ['auth', 'env', 'add', hasty.url])
        const terminal = openCli(sandbox, ['auth', 'login'], env)
        await terminal.waitFor('10 seconds left.')
        expect(terminal.text().replaceAll('\r\n', '')).not.to.match(/[\u0000-\u001F\u007F-\u009F]/)
        terminal.press('ctrl-c')
        expect(await terminalReport(terminal)).to.deep.equal({exitCode: 130, ...AS_BEFORE})
      })
    }
  })
})
