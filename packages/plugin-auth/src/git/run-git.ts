import {spawn} from 'node:child_process'

export interface GitAnswer {
  /** Null: git is not there, or did not answer in time. */
  exitCode: number | null
  isMissing: boolean
  stdout: string
  stderr: string
}

/**
 * Asks git in a folder. Never through a shell. What a repository configures must not start a program here: somebody else
 * may have made it.
 */
export function runGit(folder: string, args: string[], env: NodeJS.ProcessEnv): Promise<GitAnswer> {
  return new Promise<GitAnswer>((resolve) => {
    const said = {stdout: '', stderr: ''}
    const git = spawn('git', ['-C', folder, '-c', 'core.fsmonitor=false', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {...env, ...Object.fromEntries(ELSEWHERE.map((name) => [name, undefined])), LC_ALL: 'C'},
      windowsHide: true,
      timeout: TIMEOUT,
    })
    for (const name of ['stdout', 'stderr'] as const) {
      git[name].setEncoding('utf8').on('data', (text: string) => (said[name] = (said[name] + text).slice(0, 65_536)))
    }

    git.once('error', (error) =>
      resolve({...said, exitCode: null, isMissing: 'code' in error && error.code === 'ENOENT'}),
    )
    git.once('close', (exitCode) => resolve({...said, exitCode, isMissing: false}))
  })
}

/** What would have git answer for another repository than that of the folder. */
const ELSEWHERE = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_CEILING_DIRECTORIES',
]

const TIMEOUT = 5000
