import type {SeedUser} from '../seed/seed.js'

/** Whoever's button was pressed, else whose e-mail and password were typed. */
export function chooseUser(users: readonly SeedUser[], form: URLSearchParams): SeedUser | undefined {
  const account = form.get('account')
  if (account !== null) return users.find(({email}) => email === account)
  return users.find(({email, password}) => email === form.get('email') && password === form.get('password'))
}
