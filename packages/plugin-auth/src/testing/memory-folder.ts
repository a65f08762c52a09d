import type {Folder} from '../storage/folder.js'
import type {JsonFile} from '../storage/json-file.js'
import type {LogFile} from '../storage/log-file.js'
import type {DocumentFormat} from '../storage/parse-document.js'

type Document = Record<string, unknown>

/** A configuration folder that ends with the test. */
export function createMemoryFolder(path = '/memory'): Folder {
  const folders = new Map<string, Folder>()
  const documents = new Map<string, Document>()
  const logs = new Map<string, string[]>()
  const turns = new Map<string, Promise<unknown>>()

  function file<T extends object>(name: string, {version, parse}: DocumentFormat<T>): JsonFile<T> {
    const read = async (): Promise<T | undefined> => {
      const document = documents.get(name)
      return document && parse(structuredClone(document), name)
    }
    const save = async (document: T): Promise<void> => {
      documents.set(name, {...structuredClone(document), version})
    }
    return {
      path: `${path}/${name}.json`,
      read,
      save,
      restate: async (document) => save({...(await read()), ...document}),
      remove: async () => documents.delete(name),
    }
  }

  function log(name: string): LogFile {
    const lines = logs.get(name) ?? []
    logs.set(name, lines)
    return {path: `${path}/${name}.log`, append: async (line) => void lines.push(line), lines: async () => [...lines]}
  }

  return {
    path,
    file,
    log,

    folder(name) {
      const known = folders.get(name) ?? createMemoryFolder(`${path}/${name}`)
      folders.set(name, known)
      return known
    },

    async documents(format) {
      const names = [...documents.keys()].sort()
      const found = await Promise.all(names.map((name) => file(name, format).read()))
      return found.filter((document) => document !== undefined)
    },

    fileNames: async () => [...documents.keys()].sort(),
    folderNames: async () => [...folders.keys()].sort(),

    async exclusively(name, work) {
      const turn = (turns.get(name) ?? Promise.resolve()).then(() => work({isHeld: () => true}))
      turns.set(
        name,
        turn.catch(() => undefined),
      )
      return turn
    },

    async removeIfEmpty() {
      for (const [name, folder] of folders) if (await folder.removeIfEmpty()) folders.delete(name)
      return documents.size === 0 && folders.size === 0
    },
  }
}
