import {expect} from 'chai'

import {closeTerminals, type TestTerminal} from '../support/terminal.js'
import {runScript} from './fixtures/run-script.js'

const projects = (count: number) =>
  Array.from({length: count}, (_, index) => ({label: `Project ${index}`, hint: `id-${index}`, value: `v${index}`}))
const highlighted = (terminal: TestTerminal): string | undefined => /^[▸❯>] (.*)$/m.exec(terminal.screen())?.[1]

describe('choosing from a list in a terminal', () => {
  afterEach(closeTerminals)

  it('a short list shows every choice, and the arrows go round', async () => {
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices: projects(3)}]})
    await terminal.waitFor('Project 2')
    expect(terminal.screen()).not.to.include('filter')
    terminal.press('up')
    await terminal.waitFor(/[▸❯>] Project 2/)
    terminal.write('1')
    terminal.press('down')
    terminal.press('down')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v1'])
    expect(terminal.screen()).to.match(/^\S Which\? \S Project 1\n/)
  })

  it('a long list shows ten lines, says how many there are and that typing filters', async () => {
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices: projects(30)}]})
    const screen = await terminal.waitFor('of 30')
    expect(screen.match(/Project/g)).to.have.length(10)
    expect(screen).to.include('1–10 of 30 · type to filter')
    terminal.press('pagedown')
    await terminal.waitFor(/[▸❯>] Project 10/)
    terminal.press('end')
    await terminal.waitFor('21–30 of 30')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v29'])
  })

  it('typing filters by label and hint, in any case; Backspace takes it back', async () => {
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices: projects(30)}]})
    await terminal.waitFor('of 30')
    terminal.write('PROJECT 2')
    await terminal.waitFor('11 matching')
    for (let index = 0; index < 9; index++) terminal.press('backspace')
    await terminal.waitFor('1–10 of 30')
    terminal.write('ID-17')
    await terminal.waitFor('1 matching')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v17'])
  })

  it('no match is said, and Enter does nothing then', async () => {
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices: projects(30)}]})
    await terminal.waitFor('of 30')
    terminal.write('zz')
    await terminal.waitFor('No match for "zz"')
    for (const key of ['enter', 'down', 'up', 'enter', 'backspace', 'backspace'] as const) terminal.press(key)
    await terminal.waitFor('1–10 of 30')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v0'])
  })

  it('ten thousand choices are filtered as one types', async () => {
    const choices = projects(10_000)
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices, initial: 'v7000'}]})
    await terminal.waitFor('of 10000')
    expect(highlighted(terminal)).to.equal('Project 7000 id-7000')
    terminal.write('9876')
    await terminal.waitFor('1 matching')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v9876'])
  })

  it('the initial choice is highlighted and taken by Enter', async () => {
    const terminal = runScript({
      questions: [{kind: 'select', question: 'Which?', choices: projects(30), initial: 'v25'}],
    })
    await terminal.waitFor('of 30')
    expect(highlighted(terminal)).to.equal('Project 25 id-25')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v25'])
  })

  it('of two choices with one label, the one highlighted is returned', async () => {
    const choices = ['a', 'b', 'c'].map((value) => ({label: 'Default', value}))
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices}]})
    await terminal.waitFor('Default')
    terminal.press('down')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['b'])
  })

  it('keys without a character do not enter the filter', async () => {
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices: projects(30)}]})
    await terminal.waitFor('of 30')
    terminal.write('\u001BOP\u001Bx\u001C\u000E3')
    await terminal.waitFor(/Which\? \S 3$/m)
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v3'])
  })

  it('labels that are too long, wide, or broken over lines take one line each', async () => {
    const choices = [
      {label: `long ${'x'.repeat(200)}`, value: 'long'},
      {label: '漢字'.repeat(50), hint: 'wide', value: 'wide'},
      {label: '👩‍💻 emoji 🎉'.repeat(20), value: 'emoji'},
      {label: 'two\r\nlines\u001B[2J', hint: 'a\nb', value: 'broken'},
    ]
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices}]}, {columns: 40, rows: 80})
    await terminal.waitFor('two lines a b')
    for (let index = 0; index < 7; index++) terminal.press('down')
    const lines = (await terminal.waitFor(/[▸❯>] two lines a b/)).split('\n')

    expect(lines).to.have.length(5)
    expect(lines[1]).to.match(/^ {2}long x+…$/)
    expect(lines[2]).to.match(/^ {2}(漢字)+漢?…$/)
    terminal.press('enter')
    expect((await terminal.finish()).answers).to.deep.equal(['broken'])
    expect(terminal.screen()).to.match(/^\S Which\? \S two lines\n/)
  })

  it('a terminal of few lines still shows the highlighted choice', async () => {
    const terminal = runScript(
      {questions: [{kind: 'select', question: 'Which?', choices: projects(5), initial: 'v4'}]},
      {rows: 5},
    )
    await terminal.waitFor('of 5')
    expect(terminal.screen().split('\n')).to.have.length(4)
    expect(highlighted(terminal)).to.equal('Project 4 id-4')
    terminal.press('enter')
    expect((await terminal.finish()).answers).to.deep.equal(['v4'])
  })

  it('follows a change of the window', async () => {
    const choices = projects(30).map((choice) => ({...choice, hint: 'h'.repeat(60)}))
    const terminal = runScript({questions: [{kind: 'select', question: 'Which?', choices}]})
    await terminal.waitFor('of 30')
    terminal.resize(50, 10)
    await terminal.waitFor(/1–7 of 30/)
    terminal.resize(100, 30)
    await terminal.waitFor('1–10 of 30')
    terminal.press('down')
    terminal.press('enter')

    expect((await terminal.finish()).answers).to.deep.equal(['v1'])
  })

  it('NO_COLOR takes the colours away, and the highlighted line is still marked', async () => {
    const script = {questions: [{kind: 'select' as const, question: 'Which?', choices: projects(3)}]}
    const [coloured, plain] = [runScript(script), runScript(script, {env: {NO_COLOR: '1'}})]
    for (const terminal of [coloured, plain]) {
      await terminal.waitFor(/[▸❯>] Project 0/)
      terminal.press('enter')
      await terminal.finish()
    }
    // eslint-disable-next-line no-control-regex
    const colour = /\u001B\[[\d;]*m/
    expect(coloured.text()).to.match(colour)
    expect(plain.text()).not.to.match(colour)
  })
})
