import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {Metafile} from 'esbuild'

/**
 * Writes a CycloneDX bill of materials: which packages are in the bundle, for scanners that would look for folders of packages.
 * `inputs` are those of all its files; what was written here is nobody's package.
 */
export function writeMaterials(file: string, inputs: Metafile['inputs'], folder: string): void {
  const isFile = (path: string): boolean => existsSync(join(folder, path))
  const files = Object.entries(inputs)
    .filter(([path]) => isFile(path))
    .map(
      ([path, input]) =>
        [path, {...input, imports: input.imports.filter((imported) => isFile(imported.path))}] as const,
    )
  const output = {inputs: Object.fromEntries(files.map(([path, {bytes}]) => [path, {bytesInOutput: bytes}]))}
  const scratch = mkdtempSync(join(tmpdir(), 'llamactl-materials-'))
  const metafile = join(scratch, 'metafile.json')
  writeFileSync(metafile, JSON.stringify({inputs: Object.fromEntries(files), outputs: {bundle: output}}))
  // Its module is a plugin for one call of esbuild; its program takes what several calls were given.
  const plugin = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-esbuild')
  const program = join(dirname(plugin), '..', 'bin', 'cyclonedx-esbuild-cli.js')
  const args = ['--output-reproducible', '--output-file', file, metafile]
  execFileSync(process.execPath, [program, ...args], {cwd: folder, stdio: ['ignore', 'ignore', 'pipe']})
  rmSync(scratch, {recursive: true, force: true})
}
