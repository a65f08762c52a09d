import {type Hook, toConfiguredId, toStandardizedId} from '@oclif/core'
import {distance} from 'fastest-levenshtein'
import {fail} from './fail.js'

/** "Did you mean": a usage error like any other, in text and JSON, that never asks and never runs what it guessed. */
const commandNotFound: Hook<'command_not_found'> = async function ({id, argv, config}) {
  // Sorted: oclif lists the commands of plugins in the order in which it came to read them.
  const known = config.commands.flatMap(({id, hidden}) => (hidden ? [] : [id])).sort()
  const standard = toStandardizedId(id, config)
  const whole = known.findLast((command) => standard.startsWith(`${command}:`))
  const nearest = whole ?? nearestTo(standard, known)
  const suggestions = [
    ...(nearest ? [`Did you mean: ${config.bin} ${toConfiguredId(nearest, config)}`] : []),
    `${config.bin} help  lists all commands`,
  ]
  // What follows a command may be a key that was meant for a flag: it is not repeated.
  const message = whole
    ? `${toConfiguredId(whole, config)} takes no such argument.`
    : `${toConfiguredId(id, config).replaceAll(/llx-\S+/g, '[redacted]')} is not a command of ${config.bin}.`

  fail({code: 'USAGE', message, suggestions}, {argv: argv ?? [], exit: 2})
}

export default commandNotFound

/** The nearest within half of its own length: further off, a guess confuses more than it helps. */
function nearestTo(typed: string, known: string[]): string | undefined {
  const [best] = known
    .map((id) => ({id, steps: distance(typed, id)}))
    .filter(({id, steps}) => steps <= Math.max(2, id.length / 2))
    .sort((a, b) => a.steps - b.steps)
  return best?.id
}
