/** Written by `build/contents.ts` while the bundle is built. */
declare module '#bundle/contents' {
  import type {BundledModules, Snapshot} from './snapshot.js'

  /** Of `@oclif/core` in the bundle. */
  export const coreVersion: string
  /** By name of the package: of the host, and of each plugin in its `oclif.plugins`. */
  export const snapshots: Record<string, Snapshot>
  /** By name of the package. */
  export const modules: Record<string, BundledModules>
}
