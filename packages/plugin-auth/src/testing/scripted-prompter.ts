import {AuthError} from '../errors.js'
import type {Choice, Prompter} from '../prompts/prompter.js'

/** The answer of a person who presses Esc. */
export const CANCEL = Symbol('cancel')

/** What a person says to a question. */
export interface ScriptedAnswer {
  /** The question, a part of it, or a pattern. */
  question: string | RegExp
  /**
   * To `select`: a value, a label, or a function that takes the choices and returns a value. To `input` and `secret`: what is
   * typed; an empty text is Enter alone. To `confirm`: a boolean.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the choices of any list, as the test knows them
  answer: typeof CANCEL | string | number | boolean | object | ((choices: Choice<any>[]) => unknown)
}

/** A question that a command asked. */
export interface AskedQuestion {
  /** The method of the prompter. */
  kind: 'select' | 'input' | 'secret' | 'confirm'
  /** As it is shown. */
  question: string
  /** The labels of a `select`. */
  labels?: string[]
  /** What Enter alone would answer. */
  initial?: unknown
}

/** A prompter that answers by itself, and remembers. */
export interface ScriptedPrompter extends Prompter {
  /** The questions asked so far. */
  readonly asked: AskedQuestion[]
  /** What `input` and `secret` said about the answers they refused. */
  readonly refusals: string[]
  /** The answers nobody asked for. */
  rest(): ScriptedAnswer[]
}

/**
 * A prompter for tests that gives each question the first unused answer meant for it. Like a person, it goes on to the
 * next answer when one is refused. A question without an answer is an error that names it.
 */
export function createScriptedPrompter(answers: ScriptedAnswer[] = []): ScriptedPrompter {
  const rest = [...answers]
  const asked: AskedQuestion[] = []
  const refusals: string[] = []

  function take({kind, question}: AskedQuestion): Exclude<ScriptedAnswer['answer'], typeof CANCEL> {
    const index = rest.findIndex((scripted) => isMeantFor(scripted, question))
    const [found] = index < 0 ? [] : rest.splice(index, 1)
    if (!found)
      throw new Error(`Unexpected ${kind}: "${question}".${refusals.map((text) => ` Refused: ${text}`).join('')}`)
    if (found.answer === CANCEL) throw new AuthError('CANCELLED', 'Cancelled.')
    return found.answer as Exclude<ScriptedAnswer['answer'], typeof CANCEL>
  }

  function type(asking: AskedQuestion, initial = '', validate?: (text: string) => string | undefined): string {
    asked.push(asking)
    for (;;) {
      const answer = take(asking)
      if (typeof answer !== 'string') throw new Error(`The answer to "${asking.question}" is not a text.`)
      const text = answer.trim() || initial
      const refusal = text ? validate?.(text) : 'Nothing was typed.'
      if (refusal === undefined) return text
      refusals.push(refusal)
    }
  }

  return {
    interactive: true,
    asked,
    refusals,
    rest: () => [...rest],

    async select<T>(question: string, choices: Choice<T>[], options: {initial?: T} = {}): Promise<T> {
      const labels = choices.map(({label}) => label)
      const asking: AskedQuestion = {kind: 'select', question, labels, ...options}
      asked.push(asking)
      const answer = take(asking)
      const wanted: unknown = typeof answer === 'function' ? answer(choices) : answer
      const choice = choices.find(({value}) => value === wanted) ?? choices.find(({label}) => label === wanted)
      if (!choice) throw new Error(`"${question}" has no choice ${String(wanted)}, only: ${labels.join(', ')}`)
      return choice.value
    },

    async input(question, {initial, validate} = {}) {
      return type({kind: 'input', question, ...(initial !== undefined && {initial})}, initial, validate)
    },

    async secret(question) {
      return type({kind: 'secret', question})
    },

    async confirm(question, options = {}) {
      const asking: AskedQuestion = {kind: 'confirm', question, ...options}
      asked.push(asking)
      const answer = take(asking)
      if (typeof answer !== 'boolean') throw new Error(`The answer to "${question}" is neither true nor false.`)
      return answer
    },
  }
}

/** For commands that must not ask: every question is an error that names it. */
export function nonInteractivePrompter(): Prompter {
  const refuse = async (question: string): Promise<never> => {
    throw new Error(`Asked "${question}" where nobody can answer.`)
  }
  return {interactive: false, select: refuse, input: refuse, secret: refuse, confirm: refuse}
}

const isMeantFor = ({question}: ScriptedAnswer, asked: string): boolean =>
  typeof question === 'string' ? asked.includes(question) : question.test(asked)
