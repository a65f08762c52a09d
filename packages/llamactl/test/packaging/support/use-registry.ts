import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {mkdtempSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
} from '../../../../plugin-auth/test/support/secret-service.js'
import {type LocalRegistry, startRegistry} from './registry.js'
import {packPackages} from './workspace.js'

export interface Surroundings {
  /** For what is installed. */
  folder: string
  registry: LocalRegistry
  plane: DevControlPlane
  keychain: SecretService
}

/** For a whole `describe`: the freshly packed packages in a registry, a control plane, a real keychain. */
export function useRegistry(assign: (started: Surroundings) => void): void {
  requireTools(...SECRET_SERVICE_TOOLS, 'npm', 'tar')

  const folder = mkdtempSync(join(tmpdir(), 'llamactl-packaging-'))
  let started: Surroundings | undefined

  before(async function () {
    this.timeout(120_000)
    const registry = await startRegistry(await packPackages(folder))
    started = {folder, registry, plane: await startDevControlPlane(), keychain: await startSecretService()}
    assign(started)
  })
  after(async function () {
    this.timeout(120_000)
    await started?.keychain.stop()
    await started?.plane.close()
    await started?.registry.close()
    await rm(folder, {recursive: true, force: true})
  })
}

/** What package managers say of packages that want to run something: none of ours does. */
export const INSTALL_SCRIPTS = /scripts?\b|\bbuil[dt]|postinstall|blocked|ignored|approve|gyp/i
