import {expect} from 'chai'

import type {Choice} from '../../src/prompts/prompter.js'
import {CANCEL, createScriptedPrompter, nonInteractivePrompter} from '../../src/testing/scripted-prompter.js'

describe('scripted prompter', () => {
  const choices = [
    {label: 'Default', value: {id: 'a'}},
    {label: 'Other', value: {id: 'b'}},
  ]

  const failure = async (promise: Promise<unknown>): Promise<Error & {code?: string}> =>
    promise.then(
      () => expect.fail('It was answered.'),
      (error: Error) => error,
    )

  it('selects by value, by label, and by function', async () => {
    const prompter = createScriptedPrompter([
      {question: /which/i, answer: choices[1]!.value},
      {question: 'Which', answer: 'Other'},
      {question: 'Which', answer: (list: Choice<{id: string}>[]) => list.at(-1)!.value},
    ])
    for (let index = 0; index < 3; index++)
      expect(await prompter.select('Which one?', choices)).to.equal(choices[1]!.value)
    expect(prompter.rest()).to.deep.equal([])
    expect(prompter.asked[0]).to.deep.equal({kind: 'select', question: 'Which one?', labels: ['Default', 'Other']})
  })

  it('says which choices there were when none is meant', async () => {
    const prompter = createScriptedPrompter([{question: 'Which', answer: 'Nobody'}])
    expect((await failure(prompter.select('Which one?', choices))).message).to.match(
      /Which one\?.*Nobody.*Default, Other/,
    )
  })

  it('names a question nobody scripted, and keeps the answers nobody asked for', async () => {
    const answer = {question: 'Name', answer: 'prod'}
    const prompter = createScriptedPrompter([answer])
    expect((await failure(prompter.confirm('Sure?'))).message).to.include('Sure?')
    expect(prompter.rest()).to.deep.equal([answer])
  })

  it('trims, takes the initial text on an empty answer, and goes on to the next answer after a refusal', async () => {
    const prompter = createScriptedPrompter([
      {question: 'Name', answer: ' bad '},
      {question: 'Name', answer: ' good '},
      {question: 'Name', answer: ''},
    ])
    const validate = (text: string) => (text === 'bad' ? 'Not that one.' : undefined)
    expect(await prompter.input('Name?', {validate})).to.equal('good')
    expect(await prompter.input('Name?', {initial: 'first'})).to.equal('first')
    expect(prompter.refusals).to.deep.equal(['Not that one.'])
    expect(prompter.asked).to.have.length(2)
  })

  it('refuses an empty secret', async () => {
    const prompter = createScriptedPrompter([{question: 'Key', answer: ''}])
    expect((await failure(prompter.secret('Key?'))).message).to.include('Nothing was typed.')
  })

  it('cancels as a person does', async () => {
    const prompter = createScriptedPrompter([{question: 'Sure', answer: CANCEL}])
    expect(await failure(prompter.confirm('Sure?'))).to.include({
      code: 'CANCELLED',
      message: 'Cancelled.',
      exitCode: 130,
    })
  })

  it('without a person, every question is an error that names it', async () => {
    const prompter = nonInteractivePrompter()
    expect(prompter.interactive).to.equal(false)
    expect((await failure(prompter.secret('Key?'))).message).to.include('Key?')
  })
})
