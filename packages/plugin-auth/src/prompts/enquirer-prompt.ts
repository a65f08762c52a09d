import type {EventEmitter} from 'node:events'
import type {Key} from 'node:readline'

type Style = (text: string) => string

/** What we use of an enquirer prompt. Its own declarations end at `run()`. */
export interface EnquirerPrompt extends EventEmitter {
  readonly width: number
  readonly height: number
  readonly stdout: NodeJS.WritableStream
  readonly styles: Record<'primary' | 'muted' | 'danger' | 'submitted' | 'em', Style>
  readonly symbols: {pointer: string}
  readonly state: {buffer: string; prompt: string; submitted: boolean; cancelled: boolean; closed?: boolean}
  input: string
  cursor: number
  initialize(): Promise<void>
  keypress(text: string | undefined, key: Key): Promise<void>
  render(): Promise<void>
  write(text: string): void
  clear(): void
  restore(): void
  alert(): void
  submit(): Promise<void>
  cancel(): Promise<void>
  prefix(): Promise<string>
  message(): Promise<string>
  separator(): Promise<string>
}

/**
 * Options of an enquirer prompt. A function among them takes the place of the prompt's method of that name, or is the
 * action that a key of `actions` names; `this` is the prompt.
 */
export type EnquirerOptions = Record<string, unknown> & ThisType<EnquirerPrompt>

export type EnquirerPromptClass = new (options: EnquirerOptions) => EnquirerPrompt

/** The classes we use of the module `enquirer`, which declares only the first. */
export type Enquirer = Record<'Prompt' | 'Input' | 'Password' | 'Confirm', EnquirerPromptClass>
