import {CompletionError} from '../completion-error.js'
import {INSTALLABLE, type Installable} from './places.js'
import type {Person} from './person.js'

/** The shell that was named, or that of the person as the system says. */
export function chooseShell(named: string | undefined, {env}: Pick<Person, 'env'>): Installable {
  const wanted = named ?? (env['SHELL'] ?? '').split('/').at(-1)
  const shell = INSTALLABLE.find((each) => each === wanted)
  if (shell) return shell
  throw new CompletionError('USAGE', 'It is not known which shell you use.', [
    `Say it with --shell: ${INSTALLABLE.join(', ')}`,
  ])
}
