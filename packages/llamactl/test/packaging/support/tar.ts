import {execFile} from 'node:child_process'
import {promisify} from 'node:util'

const run = promisify(execFile)
const options = {encoding: 'buffer', maxBuffer: 256 * 1024 * 1024} as const

export async function listTarball(path: string): Promise<string[]> {
  const {stdout} = await run('tar', ['-tzf', path], options)
  return stdout.toString().trim().split('\n').sort()
}

export async function readFromTarball(path: string, name: string): Promise<string> {
  const {stdout} = await run('tar', ['-xzOf', path, name], options)
  return stdout.toString()
}

export async function unpackTarball(path: string, into: string): Promise<void> {
  await run('tar', ['-xzf', path, '-C', into], options)
}

/** `name` in `parent`, without what `without` names in it; not compressed. */
export async function makeTar(parent: string, name: string, without: string[]): Promise<Buffer> {
  const excluded = without.map((inner) => `--exclude=${name}/${inner}`)
  return (await run('tar', ['-c', ...excluded, '-C', parent, name], options)).stdout
}
