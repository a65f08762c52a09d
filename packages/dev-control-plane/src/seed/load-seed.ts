import {readFile} from 'node:fs/promises'

import {parseSeed} from './parse-seed.js'
import type {Seed} from './seed.js'

/**
 * Reads a seed from a JSON file.
 *
 * @throws Error that names the file, and the field where one is wrong: `dev.json: users[1].email is missing`.
 */
export async function loadSeed(file: string): Promise<Seed> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `${file}: ${cause.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${cause.code})`}`,
      {
        cause,
      },
    )
  })
  try {
    return parseSeed(JSON.parse(text))
  } catch (cause) {
    const complaint = cause instanceof SyntaxError ? `is not JSON (${cause.message})` : (cause as Error).message
    throw new Error(`${file}: ${complaint}`, {cause})
  }
}
