import type {SeedUser} from '../seed/seed.js'
import {html, type Html} from './html.js'
import {page, type Page} from './page.js'

export interface SignIn {
  action: string
  users: readonly SeedUser[]
  email?: string
  problem?: string
}

/** A dev user signs in with one click, or by typing as at a real provider. */
export function signInPage({action, users, email, problem}: SignIn): Page {
  return page({
    name: 'sign-in',
    title: 'Sign in',
    body: html`
      ${problem === undefined ? undefined : html`<p class="alarm" role="alert">${problem}</p>`}
      <form method="post" action="${action}">
        <p>Go on as one of the dev users:</p>
        ${users.map(userButton)}
      </form>
      <h2>Or type</h2>
      <form method="post" action="${action}">
        <label>
          Email
          <input name="email" type="email" autocomplete="username" required value="${email}" />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <div class="actions">
          <button type="submit" name="decision" value="sign-in">Sign in</button>
          <button type="submit" name="decision" value="deny" class="quiet" formnovalidate>Cancel</button>
        </div>
      </form>
    `,
  })
}

const userButton = ({email, name, password}: SeedUser): Html => html`
  <button type="submit" name="account" value="${email}" class="person quiet">
    ${name}<span>${email}</span><span>password: ${password}</span>
  </button>
`
