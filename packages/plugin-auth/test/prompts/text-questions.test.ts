import {expect} from 'chai'

import {closeTerminals} from '../support/terminal.js'
import {runScript} from './fixtures/run-script.js'

describe('asking for text in a terminal', () => {
  afterEach(closeTerminals)

  it('input returns what was typed, trimmed, and leaves question and answer on the screen', async () => {
    const terminal = runScript({questions: [{kind: 'input', question: 'Project ID?'}]})
    await terminal.waitFor('Project ID?')
    terminal.write('  my projject')
    for (const key of ['left', 'left', 'left', 'backspace', 'end'] as const) terminal.press(key)
    terminal.write('-1 ')
    await terminal.waitFor('my project-1')
    terminal.press('enter')

    const outcome = await terminal.finish()
    expect(outcome).to.deep.include({answers: ['my project-1'], exitCode: 0})
    expect(terminal.screen()).to.match(/^\S Project ID\? \S my project-1\n/)
  })

  it('input refuses blanks and what validate refuses, and asks on', async () => {
    const terminal = runScript({questions: [{kind: 'input', question: 'Project ID?'}]})
    await terminal.waitFor('Project ID?')
    terminal.write('   \r')
    await terminal.waitFor('Type an answer')
    terminal.press('ctrl-u')
    terminal.write('bad\r')
    await terminal.waitFor('Not that one.')
    terminal.press('backspace')
    terminal.write('se\r')

    expect((await terminal.finish()).answers).to.deep.equal(['base'])
    expect(terminal.screen()).not.to.include('Not that one.')
  })

  it('input takes its initial text on Enter', async () => {
    const terminal = runScript({questions: [{kind: 'input', question: 'Project ID?', initial: 'first-one'}]})
    await terminal.waitFor('first-one')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['first-one'])
  })

  it('input longer than the line, with wide characters, is redrawn in place', async () => {
    const terminal = runScript({questions: [{kind: 'input', question: 'Name?'}]}, {columns: 30})
    await terminal.waitFor('Name?')
    terminal.write('漢字'.repeat(20))
    for (let index = 0; index < 30; index++) terminal.press('backspace')
    await terminal.waitFor(/^\S Name\? \S (漢字){5}$/)
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['漢字'.repeat(5)])
  })

  it('secret never writes what was pasted, and shows its length only while it is typed', async () => {
    const secret = `llx-${'aB3dE6gH'.repeat(7)}`
    const terminal = runScript({questions: [{kind: 'secret', question: 'API key?'}]})
    await terminal.waitFor('API key?')
    terminal.write(secret)
    await terminal.waitFor(new RegExp(`[^*]\\*{${secret.length}}$`))
    terminal.press('enter')

    const outcome = await terminal.finish()
    expect(outcome.answers).to.deep.equal([secret])
    expect(terminal.screen()).to.match(/API key\? \S \*{8}\n/)
    for (const part of secret.match(/.{4}/g) ?? []) expect(terminal.text()).not.to.include(part)
  })

  it('secret longer than the line is redrawn in place', async () => {
    const terminal = runScript({questions: [{kind: 'secret', question: 'API key?'}]}, {columns: 30, rows: 80})
    await terminal.waitFor('API key?')
    terminal.write('k'.repeat(60))
    await terminal.waitFor(/\*{10}\n\*+\n\*+$/)
    terminal.press('backspace')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['k'.repeat(59)])
    expect(terminal.screen()).to.match(/^\S API key\? \S \*{8}\n/)
  })

  it('secret refuses an empty answer, and a paste of two lines does not answer the next question', async () => {
    const terminal = runScript({
      questions: [
        {kind: 'secret', question: 'API key?'},
        {kind: 'input', question: 'Name?'},
      ],
    })
    await terminal.waitFor('API key?')
    terminal.press('enter')
    await terminal.waitFor('Type an answer')
    terminal.write('first\rsecond')
    await terminal.waitFor('Name?')
    terminal.write('prod\r')

    expect((await terminal.finish()).answers).to.deep.equal(['first', 'prod'])
    expect(terminal.text()).not.to.include('second')
  })

  for (const [keys, initial, answer] of [
    ['y', false, true],
    ['N', true, false],
    ['\r', true, true],
    ['\r', undefined, false],
    ['x\u001BOPy', false, true],
  ] as const) {
    it(`confirm answered with ${JSON.stringify(keys)}, initially ${initial}, is ${answer}`, async () => {
      const terminal = runScript({
        questions: [{kind: 'confirm', question: 'Sure?', ...(initial !== undefined && {initial})}],
      })
      await terminal.waitFor(initial ? 'Sure? (Y/n)' : 'Sure? (y/N)')
      terminal.write(keys)

      expect((await terminal.finish()).answers).to.deep.equal([answer])
      expect(terminal.screen()).to.include(answer ? 'yes' : 'no')
    })
  }
})
