import type {DevState} from '../../dev/dev-state.js'
import {nextCommands} from '../../next-commands.js'
import {html, type Html} from '../html.js'
import {command} from './command.js'
import {section} from './section.js'

export function startSection({url, requires_auth, issuer, projects}: DevState): Html {
  const commands = nextCommands({
    url,
    requiresAuth: requires_auth,
    browserLogin: issuer !== null,
    projectId: projects[0]?.project_id,
  })
  const sentence = requires_auth
    ? 'Add this environment to your CLI, then log in.'
    : 'Add this environment to your CLI, then choose a project. No login is needed here.'
  return section({
    id: 'start',
    title: 'Start here',
    body: html`
      <p>${sentence}</p>
      <ol class="commands">
        ${commands.map((line) => html`<li>${command(line)}</li>`)}
      </ol>
    `,
  })
}
