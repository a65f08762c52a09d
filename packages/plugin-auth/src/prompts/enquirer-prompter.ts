import type {Key} from 'node:readline'

import {converse} from './conversation.js'
import {drawing} from './drawing.js'
import type {Enquirer, EnquirerOptions, EnquirerPrompt} from './enquirer-prompt.js'
import {KEY_ACTIONS} from './key-actions.js'
import type {KeyInput} from './keyboard.js'
import {listQuestion} from './list-question.js'
import type {Prompter} from './prompter.js'
import {oneLine} from './text-width.js'

export interface EnquirerPrompterOptions {
  /** Whether there is a person to ask. */
  interactive: boolean
  /** Standard input unless given. */
  input?: KeyInput
  /** Standard error unless given: standard output is data. */
  output?: NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, 'hasColors'>>
  env?: NodeJS.ProcessEnv
  /** Cancels an open question, which then rejects with the signal's reason. */
  signal?: AbortSignal
}

/** The prompter on a terminal. `enquirer` is loaded by the first question, because most commands never ask one. */
export function createEnquirerPrompter({interactive, signal, ...given}: EnquirerPrompterOptions): Prompter {
  async function ask(kind: keyof Enquirer, question: string, options: EnquirerOptions): Promise<unknown> {
    if (!interactive) throw new Error(`Nobody can be asked "${question}": the prompter is not interactive.`)
    const {input = process.stdin, output = process.stderr, env = process.env} = given
    const {[kind]: EnquirerClass} = await loadEnquirer()
    const prompt = new EnquirerClass({
      ...options,
      name: 'answer',
      message: oneLine(question),
      actions: options['actions'] ?? KEY_ACTIONS,
      stdin: input,
      stdout: output,
      // enquirer's colours know FORCE_COLOR only.
      styles: {enabled: output.hasColors?.(env) ?? false},
    })
    return converse(prompt, {input, output, signal})
  }

  return {
    interactive,

    async select(question, choices, {initial} = {}) {
      if (choices.length === 0) throw new Error(`There is nothing to choose from at "${question}".`)
      const {options, chosen} = listQuestion(choices, initial)
      await ask('Prompt', question, {...options, actions: LIST_ACTIONS})
      return chosen()
    },

    async input(question, {initial = '', validate} = {}) {
      const answer = await ask('Input', question, {
        ...editing,
        ...drawing((prompt) => prompt.input.slice(0, prompt.cursor)),
        initial,
        format() {
          const {state, styles, input} = this
          if (state.cancelled) return ''
          if (state.submitted) return styles.submitted(input.trim() || initial)
          return input || styles.muted(initial)
        },
        validate: (text: string) => (text.trim() ? (validate?.(text.trim()) ?? true) : NOTHING_TYPED),
      })
      return String(answer).trim()
    },

    async secret(question) {
      const answer = await ask('Password', question, {
        ...editing,
        ...drawing((prompt) => stars(prompt.input.slice(0, prompt.cursor))),
        format() {
          const {state, styles, input} = this
          if (state.cancelled) return ''
          return state.submitted ? styles.submitted(FIXED_STARS) : styles.muted(stars(input))
        },
        validate: (text: string) => (text.trim() ? true : NOTHING_TYPED),
      })
      return String(answer).trim()
    },

    async confirm(question, {initial = false} = {}) {
      const answer = await ask('Confirm', question, {
        ...drawing(() => ''),
        initial,
        format(this: EnquirerPrompt, value: boolean) {
          return this.state.submitted && !this.state.cancelled ? this.styles.submitted(value ? 'yes' : 'no') : ''
        },
      })
      return answer === true
    },
  }
}

async function loadEnquirer(): Promise<Enquirer> {
  const {default: enquirer} = await import('enquirer')
  return enquirer as unknown as Enquirer
}

const LIST_ACTIONS = {...KEY_ACTIONS, keys: {...KEY_ACTIONS.keys, return: 'submitChoice', enter: 'submitChoice'}}

const NOTHING_TYPED = 'Type an answer, or press Esc to cancel.'

/** The last line shows neither a secret nor its length. */
const FIXED_STARS = '*'.repeat(8)
const stars = (secret: string): string => '*'.repeat([...secret].length)

/**
 * enquirer's own forms of these draw without being waited for, stop one short of the end, and delete half of an emoji.
 */
const editing: EnquirerOptions = {
  dispatch(text: string | undefined, key: Key) {
    if (!text || key.ctrl || key.meta) return this.alert()
    const {input, cursor} = this
    this.input = input.slice(0, cursor) + text + input.slice(cursor)
    this.cursor = cursor + text.length
    return this.render()
  },
  last() {
    this.cursor = this.input.length
    return this.render()
  },
  delete() {
    const {input, cursor} = this
    const kept = [...input.slice(0, cursor)].slice(0, -1).join('')
    if (cursor === 0) return this.alert()
    this.input = kept + input.slice(cursor)
    this.cursor = kept.length
    return this.render()
  },
}
