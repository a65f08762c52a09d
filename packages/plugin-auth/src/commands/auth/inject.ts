import {Flags} from '@oclif/core'
import {relative, resolve} from 'node:path'
import {interactiveFlag} from '../../base-command.js'
import {
  type EditedEnvFile,
  editEnvFile,
  type EnvChanges,
  isFitForEnvFile,
  namesIn,
  valuesIn,
} from '../../env-file/edit-env-file.js'
import type {ProjectFile} from '../../env-file/project-files.js'
import {AuthError} from '../../errors.js'
import type {FileInGit} from '../../git/repository.js'
import type {VariableNames} from '../../identity/variable-names.js'
import {programVariables} from '../../identity/program-variables.js'
import {IdentityCommand, projectFlag} from '../../identity-command.js'

export interface AuthInjectResult {
  env_file: string
  /** The names that are set in it now. */
  variables: string[]
  /** The names that were in it, and are not any more. */
  removed: string[]
  /** Whether git ignores the file; null where there is no repository. */
  ignored: boolean | null
}

export default class AuthInject extends IdentityCommand<typeof AuthInject> {
  static override summary = 'Write the API key, the URL and the project into an env file.'
  static override description = `For programs that read such a file. It then holds the key as plain text, for you alone (mode 0600): where the program is \
started by a command of yours, \`auth<%= config.topicSeparator %>exec\` does without a file.

LLAMA_CLOUD_API_KEY, LLAMA_CLOUD_BASE_URL and LLAMA_AGENTS_PROJECT_ID are replaced where they are, or added; a \
LLAMA_DEPLOY_PROJECT_ID is replaced too. All other lines stay as they are. A file that git tracks is refused. --remove takes \
them out again.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -f services/api/.env --profile ada@example.com',
    '<%= config.bin %> <%= command.id %> --remove',
  ]
  static override flags = {
    'env-file': Flags.string({
      char: 'f',
      description:
        'The file. Node.js 20 takes the long form for itself as well, and stops when there is no such file yet.',
      default: '.env',
      helpValue: 'PATH',
    }),
    remove: Flags.boolean({description: 'Take the variables out of the file.'}),
    'allow-tracked': Flags.boolean({description: 'Write also into a file that git tracks.'}),
    ...projectFlag,
    ...interactiveFlag,
  }

  /** What is only taken out needs no identity. */
  protected override async prepare(): Promise<void> {
    if (this.flags.remove) return
    await this.forgetWhatNodeLoaded()
    await super.prepare()
  }

  /** Node.js 20 loads the file that `--env-file` names, wherever it stands on the line: it would be asked for its own key. */
  private async forgetWhatNodeLoaded(): Promise<void> {
    if (!this.argv.some((word) => /^--env-file(?:=|$)/.test(word))) return
    const files = await this.services.projectFiles()
    const values = valuesIn(files.read(resolve(this.flags['env-file']))?.text ?? '')
    for (const name of Object.keys(programVariables(this.variables.names, NOBODY)))
      if (values.get(name) === process.env[name]) Reflect.deleteProperty(process.env, name)
  }

  async run(): Promise<AuthInjectResult> {
    const path = resolve(this.flags['env-file'])
    const files = await this.services.projectFiles()
    const file = files.read(path)
    const isForced = this.flags.remove || this.flags['allow-tracked']
    const found = await this.services.findInGit(path).catch((error: unknown) => {
      if (!isForced) throw error
      return undefined
    })
    if (found?.isTracked && !isForced) throw tracked(this.shown(path))

    if (this.flags.remove) return this.remove(path, file, found)
    const identity = await this.requireIdentity()
    const {environment, apiKey, projectId} = identity
    const variables = programVariables(this.variables.names, {apiUrl: environment.api_url, apiKey, projectId})
    for (const [name, value] of Object.entries(variables)) {
      if (value !== null && !isFitForEnvFile(value)) throw unfit(this.shown(path), name)
    }

    const edited = this.edited(path, file, wanted(file, variables, this.variables.names))
    const isToBeIgnored = await this.asksToIgnore(found)
    await files.write(path, {text: edited.text, encoding: file?.encoding ?? 'utf8', mode: 0o600})
    this.log(`Wrote ${listed(edited.written)} to ${this.shown(path)}.`)
    if (edited.removed.length > 0) this.log(`Removed ${listed(edited.removed)}: there is none.`)
    if (file?.isOpen) this.say(`${this.shown(path)} was open to other users; it is now for you alone.`)
    const isIgnored = isToBeIgnored && found ? await this.ignore(found) : (found?.isIgnored ?? null)
    return this.result(path, edited, isIgnored)
  }

  private async remove(path: string, file: ProjectFile | undefined, found: FileInGit | undefined) {
    const changes = Object.fromEntries(
      Object.keys(programVariables(this.variables.names, NOBODY)).map((name) => [name, null]),
    )
    const edited = this.edited(path, file, changes)
    if (file && edited.removed.length > 0) {
      const files = await this.services.projectFiles()
      await files.write(path, {...file, text: edited.text})
      this.log(`Removed ${listed(edited.removed)} from ${this.shown(path)}.`)
    } else this.say(`There is nothing of that in ${this.shown(path)}.`)
    return this.result(path, edited, found?.isIgnored ?? null)
  }

  private edited(path: string, file: ProjectFile | undefined, changes: EnvChanges): EditedEnvFile {
    const edited = editEnvFile(file?.text ?? '', changes)
    if (edited) return edited
    throw new AuthError('STORAGE_ERROR', `${this.shown(path)} has a quote that is never closed; it is as it was.`, [
      'Close it, or name another file with `--env-file`.',
    ])
  }

  private result(path: string, {written, removed}: EditedEnvFile, ignored: boolean | null): AuthInjectResult {
    return {env_file: path, variables: written, removed, ignored}
  }

  /** A file that git does not ignore is committed one day. Asked before anything is written: it may be cancelled. */
  private async asksToIgnore(found: FileInGit | undefined): Promise<boolean> {
    if (!found || found.isIgnored || found.isTracked) return false
    const {prompter} = this.services
    const {line} = found
    const where = this.shown(found.gitignore)
    if (prompter.interactive) {
      return prompter.confirm(`git does not ignore the file. Add ${line} to ${where}?`, {initial: true})
    }

    this.warning(`git does not ignore the file. Add this line to ${where}: ${line}`)
    return false
  }

  private async ignore({gitignore, line}: FileInGit): Promise<boolean> {
    const files = await this.services.projectFiles()
    const written = async (): Promise<true> => {
      const file = files.read(gitignore) ?? NO_GITIGNORE
      const newline = file.text === '' || /[\r\n]$/.test(file.text) ? '' : '\n'
      await files.write(gitignore, {...file, text: `${file.text}${newline}${line}\n`})
      this.log(`Added ${line} to ${this.shown(gitignore)}.`)
      return true
    }
    return (await this.orWarn(written())) ?? false
  }

  /** From the folder in which the command runs, where that is shorter. */
  private shown(path: string): string {
    const near = relative(process.cwd(), path)
    return near.startsWith('..') || near === '' ? path : near
  }
}

const NOBODY = {apiUrl: '', apiKey: undefined, projectId: null}

const NO_GITIGNORE = {text: '', encoding: 'utf8', mode: 0o644} as const

/** The older name of the project only where the file has it. */
function wanted(file: ProjectFile | undefined, variables: EnvChanges, {projects}: VariableNames): EnvChanges {
  const [, older] = projects
  if (older === undefined) return variables
  if (namesIn(file?.text ?? '', [older]).length > 0) return variables
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name !== older))
}

const listed = (names: string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

const tracked = (file: string): AuthError =>
  new AuthError('USAGE', `git tracks ${file}: the key would be committed with it.`, [
    'Name another file with `--env-file`.',
    `Or take it out of git first: git rm --cached ${file}`,
    'Or pass `--allow-tracked`.',
  ])

const unfit = (file: string, name: string): AuthError =>
  new AuthError('STORAGE_ERROR', `${name} has characters that no env file can hold; ${file} is as it was.`, [
    'Use another key, or give it to the program in another way.',
  ])
