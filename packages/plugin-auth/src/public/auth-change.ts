import type {Hook, Hooks} from '@oclif/core/hooks'

/** What a command did to the logins of this computer. Kinds may be added, never renamed. */
export type AuthChangeKind =
  'login' | 'logout' | 'switch' | 'project' | 'rotate' | 'import' | 'env:add' | 'env:switch' | 'env:delete'

/** One change that is on the disk already. It names things, and never holds a secret. */
export interface AuthChange {
  /** What was done. */
  readonly change: AuthChangeKind
  /** URL of the environment; null where a folder was bound to no profile any longer. */
  readonly apiUrl: string | null
  /** Name of the profile; null where the change is about an environment or a folder alone. */
  readonly profile: string | null
  /** Only of a `switch` that bound this folder, or freed it. Its full path. */
  readonly folder?: string
}

/** The hooks of oclif, with the one that `@llamactl/plugin-auth` runs. */
export interface AuthHooks extends Hooks {
  /** What was changed, in the order in which it was. */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type
  'auth:changed': {options: {changes: readonly AuthChange[]}; return: void}
}

/**
 * The type of the function that a plugin registers for `auth:changed`. It is called once after a command that changed
 * something, when its result is printed and all files are written: nothing a hook does can undo a login, or make it fail.
 */
export type AuthChangedHook = Hook<'auth:changed', AuthHooks>
