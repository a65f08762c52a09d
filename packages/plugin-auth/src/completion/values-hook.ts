import {join} from 'node:path'
import type {CompletionValuesHook} from '@llamactl/plugin-completion'
import {folderName} from '../environments/api-url.js'
import {createEnvironmentStore} from '../environments/environment-store.js'
import {createProfileStore} from '../profiles/profile-store.js'
import {createFolder} from '../storage/folder.js'
import {readHost} from '../host/host.js'
import {createLastSeen, LAST_SEEN} from './last-seen.js'
import {valueSources} from './value-sources.js'

/** oclif loads this file when an index is written, and for nothing else. */
const completionValues: CompletionValuesHook = async function ({config}) {
  // The command that reads a damaged file says so; nobody is listening here.
  const silently = (): void => undefined
  const host = await readHost(config, process.env)
  const root = createFolder({path: host.configFolder, warn: silently})
  return valueSources({
    root,
    environments: createEnvironmentStore(root, silently, host.apiUrls),
    profiles: createProfileStore(root, folderName, silently),
    lastSeen: createLastSeen(createFolder({path: join(config.cacheDir, LAST_SEEN), warn: silently}), folderName),
    folderName,
  })
}

export default completionValues
