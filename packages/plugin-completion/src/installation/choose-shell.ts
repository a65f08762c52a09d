import {CompletionError} from '../completion-error.js'
import {INSTALLABLE, type Installable} from './places.js'
import type {Person} from './person.js'

/** The shell of a person, as the system says. */
export function shellOf(env: NodeJS.ProcessEnv): Installable | undefined {
  const name = (env['SHELL'] ?? '').split('/').at(-1)
  return INSTALLABLE.find((shell) => shell === name)
}

/** The shell that was named, or that of the person. */
export function chooseShell(named: string | undefined, {env}: Pick<Person, 'env'>): Installable {
  const shell = named === undefined ? shellOf(env) : INSTALLABLE.find((each) => each === named)
  if (shell) return shell
  throw new CompletionError('USAGE', 'It is not known which shell you use.', [
    `Say it with --shell: ${INSTALLABLE.join(', ')}`,
  ])
}
