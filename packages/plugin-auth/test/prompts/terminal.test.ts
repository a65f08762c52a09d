import {execFileSync} from 'node:child_process'

import {expect} from 'chai'

import {closeTerminals, openTerminal, reportingShell, terminalReport} from '../support/terminal.js'

describe('the pseudo-terminal of the tests', () => {
  afterEach(closeTerminals)

  const sh = (script: string) => openTerminal('sh', ['-c', script])

  it('shows the screen as a person sees it, and every byte', async () => {
    const terminal = sh(`printf 'wrong\\rright\\n'; read -r word; echo "got $word"; read -r word`)
    await terminal.waitFor('right')
    terminal.write('this')
    terminal.press('enter')
    await terminal.waitFor(/^got this$/m)
    // What a command writes just before it ends is not always read on a busy machine.
    terminal.press('enter')
    expect(await terminal.waitForExit()).to.include({exitCode: 0})
    expect(terminal.screen()).not.to.include('wrong')
    expect(terminal.text()).to.include('wrong')
  })

  it('waiting in vain fails with the screen in the message, at once when the command has ended', async () => {
    const message = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message)
    expect(await message(sh('echo here; exec sleep 60').waitFor('there', 500))).to.match(/500 ms.*there.*\nhere/s)
    expect(await message(sh('echo gone').waitFor('there'))).to.match(/ended.*there/s)
    expect(await message(sh('exec sleep 60').waitForExit(50))).to.include('Still running')
  })

  it('closing ends a command that ignores signals, and its children', async () => {
    const terminal = sh(`trap '' HUP TERM INT; sleep 60 & echo "child $!"; while :; do sleep 1; done`)
    const [, child] = /child (\d+)/.exec(await terminal.waitFor(/child \d+/)) ?? []
    await closeTerminals()
    expect(() => process.kill(terminal.pid, 0)).to.throw('ESRCH')
    expect(isGone(Number(child))).to.equal(true)
  })

  it('reports a terminal left raw, unechoed, and without a cursor', async () => {
    const terminal = openTerminal(...reportingShell('sh', ['-c', `stty raw -echo; printf '\\033[?25l'; exit 3`]))
    expect(await terminalReport(terminal)).to.deep.equal({
      exitCode: 3,
      isCanonical: false,
      isEchoing: false,
      isCursorVisible: false,
    })
  })

  it('reports a command that Ctrl-C ended', async () => {
    const terminal = openTerminal(...reportingShell('sh', ['-c', 'echo started; exec sleep 60']))
    await terminal.waitFor('started')
    terminal.press('ctrl-c')
    expect(await terminalReport(terminal)).to.include({exitCode: 130, isCanonical: true})
  })
})

/** A killed child nobody has waited for yet is gone as well. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], {encoding: 'utf8'}).startsWith('Z')
  } catch {
    return true
  }
}
