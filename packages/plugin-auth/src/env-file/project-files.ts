import {type ProjectFile, readProjectFile, writeProjectFile} from '../storage/project-file.js'

export type {ProjectFile} from '../storage/project-file.js'

/** Text files among somebody's sources, such as `.env` and `.gitignore`. Both throw `STORAGE_ERROR`. */
export interface ProjectFiles {
  /** Undefined where there is none. */
  read(path: string): ProjectFile | undefined
  write(path: string, file: Pick<ProjectFile, 'text' | 'encoding' | 'mode'>): Promise<void>
}

export const createProjectFiles = (): ProjectFiles => ({read: readProjectFile, write: writeProjectFile})
