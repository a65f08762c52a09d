import {nextCommands, type NextCommandsFacts} from '../next-commands.js'
import type {Seed, SeedUser} from '../seed/seed.js'
import {html, type Html} from './html.js'
import {page, type Page} from './page.js'

/** What a person sees who opens the control plane's URL in a browser. */
export function homePage(facts: NextCommandsFacts): Page {
  const {seed, requiresAuth} = facts
  return page({
    name: 'home',
    title: 'A control plane for development',
    wide: true,
    body: html`
      <p>
        This server speaks LlamaCloud's control plane API on this machine, for demos and tests. It keeps everything in
        memory and forgets it when it stops.
      </p>
      <h2>What to type</h2>
      <pre tabindex="0"><code>${nextCommands(facts).join('\n')}</code></pre>
      ${requiresAuth ? people(seed) : html`<p>No login is needed here: the server was started without auth.</p>`}
      <h2>Projects</h2>
      ${
        seed.projects.length === 0
          ? html`<p>None.</p>`
          : html`<ul>
              ${seed.projects.map(
                ({project_id, project_name, deployment_count}) =>
                  html`<li>${project_name} <code>${project_id}</code>, deployments: ${deployment_count}</li>`,
              )}
            </ul>`
      }
    `,
  })
}

const people = (seed: Seed): Html => html`
  <h2>Who can sign in</h2>
  <div class="scroll" role="region" aria-label="Users" tabindex="0">
    <table>
      <thead>
        <tr>
          <th>Email</th>
          <th>Password</th>
          <th>API key (dev only)</th>
        </tr>
      </thead>
      <tbody>
        ${seed.users.map((user) => person(user, seed))}
      </tbody>
    </table>
  </div>
`

const person = ({email, password}: SeedUser, {api_keys}: Seed): Html => html`
  <tr>
    <td>${email}</td>
    <td><code>${password}</code></td>
    <td>${api_keys.filter(({user}) => user === email).map(({secret}) => html`<code>${secret}</code> `)}</td>
  </tr>
`
