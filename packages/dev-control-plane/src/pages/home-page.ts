import type {Seed, SeedUser} from '../seed/seed.js'
import {html, type Html} from './html.js'
import {page, type Page} from './page.js'

export interface Home {
  url: string
  seed: Seed
  requiresAuth: boolean
  browserLogin: boolean
}

/** What a person sees who opens the control plane's URL in a browser. */
export function homePage({url, seed, requiresAuth, browserLogin}: Home): Page {
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
      <pre><code>${commands(url, {requiresAuth, browserLogin})}</code></pre>
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

function commands(url: string, {requiresAuth, browserLogin}: Omit<Home, 'url' | 'seed'>): string {
  const add = `llamactl auth env add ${url}`
  if (!requiresAuth) return `${add}\nllamactl auth token --project-id my-project`
  return [add, ...(browserLogin ? ['llamactl auth login'] : []), 'llamactl auth token --api-key llx-dev-…'].join('\n')
}

const people = (seed: Seed): Html => html`
  <h2>Who can sign in</h2>
  <div class="scroll">
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
