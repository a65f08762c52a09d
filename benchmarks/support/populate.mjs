// Profiles and environments as the CLI itself writes them, many times over: copies of one that it made, under other names.
import {cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {run} from './run.mjs'

const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const write = (path, value) => writeFileSync(path, JSON.stringify(value, null, 2), {mode: 0o600})
/** Who logs in while it is measured: has one project, so that nothing has to be chosen, and is not the first of the seed. */
export const person = 'grace@example.com'
export const keyOf = ({seed}) => seed.api_keys.find(({user}) => user === person).secret

export const profileName = (index) => `profile-${String(index).padStart(5, '0')}`

/** Adds the control plane as an environment, and logs in with its first key; then there are so many profiles. */
export async function logInAndCopy(cli, {env, config}, {url, seed}, {profiles = 1, environments = 1} = {}) {
  await run([...cli, 'auth', 'env', 'add', url], {env})
  await run(
    [
      ...cli,
      'auth',
      'token',
      '--no-interactive',
      '--name',
      profileName(0),
      '--project-id',
      seed.projects[0].project_id,
    ],
    {
      env: {...env, LLAMA_CLOUD_API_KEY: seed.api_keys[0].secret},
    },
  )
  const all = join(config, 'environments')
  const [name] = readdirSync(all)
  const folder = join(all, name, 'profiles')
  const [file] = readdirSync(folder)
  const first = read(join(folder, file))
  for (let index = 1; index < profiles; index++) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    const credential = {...first.credential, account: id}
    write(join(folder, `${id}.json`), {
      ...first,
      id,
      name: profileName(index),
      key_hint: `llx-be****${index % 10000}`,
      credential,
    })
  }

  for (let index = 1; index < environments; index++) {
    const other = join(all, `https-bench-${index}.example`)
    cpSync(join(all, name), other, {recursive: true})
    const path = join(other, 'environment.json')
    write(path, {...read(path), api_url: `https://bench-${index}.example`})
  }
}

/** Then the CLI keeps the index of completion as well, as it does for whoever uses that. */
export const useCompletion = ({home}) =>
  mkdirSync(join(home, '.cache', 'llamactl', 'completion'), {recursive: true, mode: 0o700})
