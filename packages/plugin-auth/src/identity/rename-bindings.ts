import type {Profile} from '../profiles/profile.js'
import type {FolderBindingStore} from './folder-binding-store.js'

/** Folders that are bound to a profile go on with it when a login gave it another name. `known` are the profiles of before. */
export async function renameBindings(
  bindings: FolderBindingStore,
  apiUrl: string,
  known: Pick<Profile, 'id' | 'name'>[],
  {id, name}: Pick<Profile, 'id' | 'name'>,
): Promise<void> {
  const before = known.find((profile) => profile.id === id)
  if (!before || before.name === name) return
  for (const binding of await bindings.list()) {
    if (binding.api_url === apiUrl && binding.profile === before.name) await bindings.save({...binding, profile: name})
  }
}
