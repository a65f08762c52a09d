import {expect} from 'chai'

import {closeTerminals} from '../support/terminal.js'
import {runScript} from './fixtures/run-script.js'
import type {Question} from './fixtures/script.js'

const choices = (count: number) =>
  Array.from({length: count}, (_, index) => ({label: `No. ${index}`, value: `${index}`}))

const QUESTIONS: Record<string, Question> = {
  'a short list': {kind: 'select', question: 'Which?', choices: choices(3)},
  'a long list': {kind: 'select', question: 'Which?', choices: choices(30)},
  input: {kind: 'input', question: 'Which?'},
  secret: {kind: 'secret', question: 'Which?'},
  confirm: {kind: 'confirm', question: 'Which?'},
}

const RESTORED = {isCanonical: true, isEchoing: true, isCursorVisible: true, isRaw: false, newListeners: []}

describe('cancelling a question in a terminal', () => {
  afterEach(closeTerminals)

  for (const [name, question] of Object.entries(QUESTIONS)) {
    for (const key of ['escape', 'ctrl-c', 'ctrl-d'] as const) {
      it(`${key} cancels ${name}, and leaves the terminal as it was`, async () => {
        const terminal = runScript({questions: [question, {kind: 'confirm', question: 'And then?'}]})
        await terminal.waitFor('Which?')
        if (question.kind !== 'confirm') terminal.write('2')
        terminal.press(key)

        const outcome = await terminal.finish()
        expect(outcome).to.deep.include({
          answers: [],
          error: {code: 'CANCELLED', message: 'Cancelled.'},
          exitCode: 130,
          stdout: '',
          ...RESTORED,
        })
        expect(terminal.screen()).not.to.include('And then?')
      })
    }

    it(`an aborted signal cancels ${name} with the signal's reason`, async () => {
      const terminal = runScript({questions: [question], abortWhenAsked: true})
      await terminal.waitFor('Which?')

      expect(await terminal.finish()).to.deep.include({
        answers: [],
        error: {message: 'No longer needed.'},
        exitCode: 1,
        ...RESTORED,
      })
    })
  }

  it('questions answered one after the other leave nothing behind, and nothing on standard output', async () => {
    const terminal = runScript({
      questions: Object.values(QUESTIONS).map((question, index) => ({...question, question: `Question ${index}?`})),
    })
    for (const [index, keys] of ['\u001B[B\r', '12\r', 'text\r', 's3cret\r', 'y'].entries()) {
      await terminal.waitFor(`Question ${index}?`)
      terminal.write(keys)
    }

    const outcome = await terminal.finish()
    expect(outcome).to.deep.include({
      answers: ['1', '12', 'text', 's3cret', true],
      exitCode: 0,
      stdout: '',
      ...RESTORED,
    })
    expect(terminal.screen().match(/^\S Question/gm)).to.have.length(5)
    expect(terminal.text()).not.to.include('s3cret')
  })
})
