import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {PassThrough} from 'node:stream'

import {expect} from 'chai'

import {createEnquirerPrompter} from '../../src/prompts/enquirer-prompter.js'

const MODULE = new URL('../../src/prompts/enquirer-prompter.ts', import.meta.url).href

describe('enquirer prompter without a terminal', () => {
  const streams = () => ({input: new PassThrough(), output: new PassThrough().setEncoding('utf8'), env: {}})

  const failure = async (promise: Promise<unknown>): Promise<Error & {code?: string}> =>
    promise.then(
      () => expect.fail('It was answered.'),
      (error: Error) => error,
    )

  it('refuses to ask when it is not interactive, naming the question', async () => {
    const prompter = createEnquirerPrompter({interactive: false, ...streams()})
    expect((await failure(prompter.input('Name?'))).message).to.include('Name?')
    expect((await failure(prompter.select('Which?', [{label: 'a', value: 1}]))).message).to.include('Which?')
  })

  it('does not load enquirer before the first question', () => {
    const script = `
      import {createRequire} from 'node:module'
      const {createEnquirerPrompter} = await import(${JSON.stringify(MODULE)})
      const prompter = createEnquirerPrompter({interactive: false})
      await prompter.confirm('Sure?').catch(() => {})
      const loaded = Object.keys(createRequire(${JSON.stringify(MODULE)}).cache)
      if (loaded.some((file) => file.includes('enquirer/'))) throw new Error('It is loaded.')
    `
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type', 'module', '--eval', script], {stdio: 'pipe'})
  })

  it('refuses a list of nothing', async () => {
    const error = await failure(createEnquirerPrompter({interactive: true, ...streams()}).select('Which?', []))
    expect(error.message).to.include('Which?')
    expect(error.code).to.equal(undefined)
  })

  it('is cancelled when its input ends', async () => {
    const {input, ...rest} = streams()
    const answer = createEnquirerPrompter({interactive: true, input, ...rest}).secret('Key?')
    input.end('half an ans')
    expect((await failure(answer)).code).to.equal('CANCELLED')
  })

  it('is cancelled when its input ended before the question, or fails', async () => {
    const ended = streams()
    ended.input.end()
    ended.input.resume()
    await once(ended.input, 'end')
    expect((await failure(createEnquirerPrompter({interactive: true, ...ended}).input('Name?'))).code).to.equal(
      'CANCELLED',
    )

    const failing = streams()
    const answer = createEnquirerPrompter({interactive: true, ...failing}).input('Name?')
    await once(failing.output, 'data')
    failing.input.destroy(new Error('read EIO'))
    expect((await failure(answer)).code).to.equal('CANCELLED')
  })

  it('does not draw when its signal was aborted before', async () => {
    const {output, ...rest} = streams()
    const reason = new Error('Too late.')
    const prompter = createEnquirerPrompter({interactive: true, output, ...rest, signal: AbortSignal.abort(reason)})
    expect(await failure(prompter.confirm('Sure?'))).to.equal(reason)
    expect(output.read()).to.equal(null)
  })

  it('takes the lines of a pipe as the answers to one question after the other', async () => {
    const {input, ...rest} = streams()
    const prompter = createEnquirerPrompter({interactive: true, input, ...rest})
    input.write('first\nsecond\ny')
    expect(await prompter.input('One?')).to.equal('first')
    expect(await prompter.secret('Two?')).to.equal('second')
    expect(await prompter.confirm('Three?')).to.equal(true)
    input.end()
    expect((await failure(prompter.input('Four?'))).code).to.equal('CANCELLED')
  })

  it('draws a key within 50 ms in a list of ten thousand', async () => {
    const {input, output, env} = streams()
    const choices = Array.from({length: 10_000}, (_, index) => ({
      label: `Project ${index}`,
      hint: `id-${index}`,
      value: index,
    }))
    const answer = createEnquirerPrompter({interactive: true, input, output, env}).select('Which?', choices)
    await once(output, 'data')

    const times: number[] = []
    for (const key of ['p', 'r', 'o', 'j', '\u007F', '\u001B[A', '\u001B[B', '\u007F', '\u007F', '\u007F', '7', '7']) {
      const start = performance.now()
      input.write(key)
      await once(output, 'data')
      times.push(performance.now() - start)
      await new Promise(setImmediate)
    }
    input.write('\r')

    expect(await answer).to.equal(77)
    const median = times.sort((a, b) => a - b)[times.length / 2]
    expect(median).to.be.below(50)
  })
})
