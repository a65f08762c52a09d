import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {mkdirSync, mkdtempSync, symlinkSync} from 'node:fs'
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
import {unpackTarball} from './tar.js'
import {packPackages, root, type Tarball} from './workspace.js'

export interface Surroundings {
  /** For what is installed. */
  folder: string
  registry: LocalRegistry
  plane: DevControlPlane
  keychain: SecretService
  /** The folder of plugin-auth as it is packed, with oclif's list of its commands. */
  plugin: string
}

/** For a whole `describe`: the freshly packed packages in a registry, a control plane, a real keychain. */
export function useRegistry(assign: (started: Surroundings) => void): void {
  requireTools(...SECRET_SERVICE_TOOLS, 'npm', 'tar')

  const folder = mkdtempSync(join(tmpdir(), 'llamactl-packaging-'))
  let started: Surroundings | undefined

  before(async function () {
    this.timeout(120_000)
    const packed = await packPackages(folder)
    started = {
      folder,
      plugin: await unpackPlugin(folder, packed),
      registry: await startRegistry(packed),
      plane: await startDevControlPlane(),
      keychain: await startSecretService(),
    }
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

/** With what it depends on around it. */
async function unpackPlugin(folder: string, packed: readonly Tarball[]): Promise<string> {
  const into = join(folder, 'unpacked')
  mkdirSync(into)
  symlinkSync(join(root, 'node_modules'), join(into, 'node_modules'))
  await unpackTarball(packed.find(({name}) => name === '@llamactl/plugin-auth')?.path ?? '', into)
  return join(into, 'package')
}

/** What package managers say of packages that want to run something: none of ours does. */
export const INSTALL_SCRIPTS = /scripts?\b|\bbuil[dt]|postinstall|blocked|ignored|approve|gyp/i
