import {encodeCredential} from '../login/credential.js'
import {folderName} from '../environments/api-url.js'
import {createEnvironmentStore} from '../environments/environment-store.js'
import {createControlPlaneClient} from '../control-plane/control-plane-client.js'
import {type BoundedFetch, createBoundedFetch} from '../http/bounded-fetch.js'
import {createFolderBindingStore} from '../identity/folder-binding-store.js'
import {createProfileStore} from '../profiles/profile-store.js'
import type {Prompter} from '../prompts/prompter.js'
import {Secret} from '../secret.js'
import type {AuthServices} from '../services.js'
import {createMemoryCredentialStore} from './memory-credential-store.js'
import {createMemoryFolder} from './memory-folder.js'
import type {AnswerRequest, TestControlPlane, TestLogin} from './test-login.js'

export interface MemoryOptions {
  login: TestLogin | null
  server: TestControlPlane | AnswerRequest | undefined
  prompter: Prompter
}

/** The URL of a control plane that is a function. */
export const TEST_API_URL = 'https://control-plane.test'

/** Everything that a command of another plugin may touch, in memory, with one profile that is current. */
export async function createMemoryServices({login, server, prompter}: MemoryOptions): Promise<Partial<AuthServices>> {
  const root = createMemoryFolder()
  const fail = (error: Error): never => {
    throw error
  }
  const environments = createEnvironmentStore(root, fail)
  const profiles = createProfileStore(root, folderName, fail)
  const credentials = createMemoryCredentialStore()
  const plane = typeof server === 'object' ? server : undefined
  const apiUrl = plane?.url ?? TEST_API_URL
  await environments.save({api_url: apiUrl, requires_auth: true, min_llamactl_version: null})
  await environments.setCurrent(apiUrl)

  if (login) {
    const {profile: name = 'ada@example.com', projectId, apiKey} = login
    const key = new Secret(apiKey ?? plane?.seed.api_keys[0]?.secret ?? 'llx-test-key-0000')
    const credential = await credentials.set('test', encodeCredential({apiKey: key}))
    const project_id = projectId === undefined ? (plane?.seed.projects[0]?.project_id ?? 'prj-test') : projectId
    await profiles.save(apiUrl, {id: 'test', name, project_id, auth_type: 'token', credential})
    await profiles.setCurrent(apiUrl, 'test')
  }

  const fetch = plane ? createBoundedFetch({userAgent: 'test'}) : answeredBy(server as AnswerRequest | undefined)
  return {
    environments,
    profiles,
    bindings: createFolderBindingStore(root, (path) => path, fail),
    workingFolder: () => undefined,
    prompter,
    storeOf: async () => credentials,
    fetch: async () => fetch,
    controlPlane: async (url, bearer) => createControlPlaneClient({apiUrl: url, bearer, fetch}),
  }
}

function answeredBy(answer: AnswerRequest | undefined): BoundedFetch {
  return async (url, init) => {
    const request = new Request(url, init)
    if (!answer) throw new Error(`Unexpected request: ${request.method} ${request.url}`)
    return answer(request)
  }
}
