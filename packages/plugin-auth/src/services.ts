import {homedir, hostname} from 'node:os'
import {dirname, join} from 'node:path'
import type {AuditLog} from './audit/audit-log.js'
import type {CopyOutcome} from './browser/copy-text.js'
import type {Desktop} from './browser/surroundings.js'
import type {ChildEnd} from './child/run-child.js'
import type {LastSeen} from './completion/last-seen.js'
import type {ControlPlaneClient} from './control-plane/control-plane-client.js'
import type {CredentialStoreMode} from './credentials/choose-credential-store.js'
import type {CredentialStore} from './credentials/credential-store.js'
import type {ProjectFiles} from './env-file/project-files.js'
import {folderName} from './environments/api-url.js'
import {createEnvironmentStore, type EnvironmentStore} from './environments/environment-store.js'
import {AuthError, withWayOut} from './errors.js'
import {isOn} from './identity/identity-variables.js'
import {createFolderBindingStore, type FolderBindingStore} from './identity/folder-binding-store.js'
import type {FileInGit} from './git/repository.js'
import type {BoundedOptions} from './http/bounded-ask.js'
import type {BoundedFetch} from './http/bounded-fetch.js'
import type {Network} from './http/network.js'
import type {Migration} from './migration/migration.js'
import type {OidcClient} from './oidc/index.js'
import {createLeftoverStore, type LeftoverStore} from './profiles/leftover-store.js'
import {createPendingLoginStore, type PendingLoginStore} from './profiles/pending-login-store.js'
import {createProfileStore, type ProfileStore} from './profiles/profile-store.js'
import type {Prompter} from './prompts/prompter.js'
import type {Secret} from './secret.js'
import {createFolder} from './storage/folder.js'
import {pathExists} from './storage/path-exists.js'
import {cleanText} from './untrusted/clean-text.js'
import {isLoopback} from './untrusted/safe-url.js'

/** Everything with an effect that a command can reach. What is asynchronous loads its room when it is first needed. */
export interface AuthServices {
  environments: EnvironmentStore
  profiles: ProfileStore
  leftovers: LeftoverStore
  pendingLogins: PendingLoginStore
  bindings: FolderBindingStore
  /** Undefined where it was removed. */
  workingFolder(): string | undefined
  prompter: Prompter
  /** The store that a profile's secret was written to. */
  storeOf(kind: CredentialStore['kind']): Promise<CredentialStore>
  /** A store for a new secret, proven to work. May ask a person; rejects with the reason and the ways out. */
  chooseStore(options: {insecureStorage: boolean}): Promise<CredentialStore>
  /** To any server, with a deadline and a cap, as this invocation reaches the network. */
  fetch(): Promise<BoundedFetch>
  controlPlane(apiUrl: string, bearer?: Secret): Promise<ControlPlaneClient>
  /** The OpenID provider that an environment's server named. */
  connectOidc(provider: {apiUrl: string; discoveryUrl: string; clientId: string}): Promise<OidcClient>
  /** What the Python llamactl left on this computer. */
  migration(): Promise<Migration>
  /** Where recorded commands leave their trail. Throws `USAGE` where the variable that turns it off says something else. */
  audit(): Promise<AuditLog>
  /** Text files among somebody's sources. */
  projectFiles(): Promise<ProjectFiles>
  /** What git says of a file; undefined where there is no repository. */
  findInGit(path: string): Promise<FileInGit | undefined>
  /** Runs a command in this terminal, in an environment of its own. */
  runChild(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<ChildEnd>
  /** Whether a browser could be started. */
  openBrowser(url: URL): Promise<boolean>
  /** The end of a sentence; undefined where a browser can be expected. */
  whyNoBrowser(): Promise<string | undefined>
  /** Into the clipboard in front of the person: of this machine, or by way of the terminal. */
  copyText(text: string): Promise<CopyOutcome | 'refused'>
  /** On a terminal: calls what belongs to a key until the function that it resolves to is called. */
  listenForKeys(actions: Readonly<Record<string, () => Promise<unknown>>>): Promise<() => void>
  readStandardInput(): Promise<string>
  deviceName(): string
}

/** What the services take from the host and from this invocation. */
export interface ServicesContext {
  /** Where the profiles are: oclif's `config.configDir`, or that of the host whose profiles are shared. */
  configFolder: string
  /** oclif's `config.cacheDir`. */
  cacheFolder: string
  /** What keychain entries are filed under. */
  keychainService: string
  /** The environments that are known without being added. The first one is the default. */
  apiUrls: readonly [string, ...string[]]
  /** The name of the variable that may hold an API key. */
  keyVariable: string
  userAgent: string
  /** Not asked before it matters: to look at standard input opens it. */
  isInteractive(): boolean
  /** Whether TLS trusts what the system trusts. */
  nativeTls: boolean
  env: NodeJS.ProcessEnv
  /** A variable named after the host, such as `LLAMACTL_CREDENTIAL_STORE` for `CREDENTIAL_STORE`. */
  hostVariable(name: string): {name: string; value: string | undefined}
  /** Never aborted inside `uninterrupted`. Asked for when it is needed. */
  readonly signal: AbortSignal
  warn(text: string): void
}

/** The one place that knows which implementation stands behind a port. */
export function createAuthServices(context: ServicesContext): AuthServices {
  const {env, isInteractive, warn} = context
  const desktop: Desktop = {platform: process.platform, env, pathExists}
  const root = createFolder({path: context.configFolder, warn})
  const onDamaged = (error: AuthError): void => warn(withWayOut(error))

  const storeOf = async (kind: CredentialStore['kind']): Promise<CredentialStore> => {
    if (kind === 'file') {
      const {createFileStore} = await import('./credentials/file/file-store.js')
      return createFileStore({folder: root, service: context.keychainService})
    }

    const {createKeychainStore} = await import('./credentials/keychain/keychain-store.js')
    const timeout = readTimeout(context.hostVariable('KEYCHAIN_TIMEOUT'))
    return createKeychainStore({
      service: context.keychainService,
      interactive: isInteractive(),
      signal: context.signal,
      onWait: warn,
      env,
      ...(timeout !== undefined && {timeout}),
    })
  }

  /** One for all requests: it keeps connections to a proxy. */
  let network: Promise<Network> | undefined
  const loadNetwork = async (): Promise<Network> => {
    const {createNetwork} = await import('./http/network.js')
    return createNetwork({env, nativeTls: context.nativeTls, platform: process.platform})
  }
  const theNetwork = (): Promise<Network> => (network ??= loadNetwork())

  const bounds = async (): Promise<BoundedOptions> => ({
    ...{signal: context.signal, userAgent: context.userAgent, network: await theNetwork()},
    limit: CONTROL_PLANE_LIMIT,
  })

  const lastSeen = async (): Promise<LastSeen> => {
    const {createLastSeen, LAST_SEEN} = await import('./completion/last-seen.js')
    return createLastSeen(createFolder({path: join(context.cacheFolder, LAST_SEEN), warn: () => undefined}), folderName)
  }

  const environments = createEnvironmentStore(root, onDamaged, context.apiUrls)
  const prompter = lazyPrompter(isInteractive, async () => {
    const {createEnquirerPrompter} = await import('./prompts/enquirer-prompter.js')
    return createEnquirerPrompter({interactive: isInteractive(), env, signal: context.signal})
  })

  return {
    environments: {
      ...environments,
      async remove(apiUrl) {
        await environments.remove(apiUrl)
        await (await lastSeen()).forget(apiUrl)
      },
    },
    profiles: createProfileStore(root, folderName, onDamaged),
    leftovers: createLeftoverStore(root, folderName, onDamaged),
    pendingLogins: createPendingLoginStore(root, folderName, onDamaged),
    bindings: createFolderBindingStore(root, dirname, onDamaged),
    workingFolder,
    prompter,
    storeOf,

    async chooseStore({insecureStorage}) {
      const {chooseCredentialStore} = await import('./credentials/choose-credential-store.js')
      const variable = context.hostVariable('CREDENTIAL_STORE')
      return chooseCredentialStore({
        mode: readMode(variable),
        variableName: variable.name,
        keyVariableName: context.keyVariable,
        insecureStorage,
        keychain: await storeOf('keychain'),
        file: await storeOf('file'),
        ...(isInteractive() && {
          confirmPlainFile: (reason: AuthError) => {
            warn(reason.message)
            return prompter.confirm('Keep the key in a plain file that only you can read?', {initial: false})
          },
        }),
      })
    },

    async fetch() {
      const {createBoundedFetch} = await import('./http/bounded-fetch.js')
      return createBoundedFetch(await bounds())
    },

    async controlPlane(apiUrl, bearer) {
      const {createControlPlaneClient} = await import('./control-plane/control-plane-client.js')
      const {createBoundedAsk} = await import('./http/bounded-ask.js')
      const fetch = createBoundedAsk(await bounds())
      const client = createControlPlaneClient({apiUrl, bearer, fetch, signal: context.signal})
      return (await lastSeen()).remembering(client, apiUrl)
    },

    async connectOidc({apiUrl, discoveryUrl, clientId}) {
      const {connectOidc} = await import('./oidc/index.js')
      const api = new URL(apiUrl)
      const allowLoopback = api.protocol === 'http:' && isLoopback(api)
      const {userAgent} = context
      return connectOidc({
        discoveryUrl,
        clientId,
        allowLoopback,
        signal: context.signal,
        userAgent,
        network: await theNetwork(),
      })
    },

    async migration() {
      const [{createMigration}, {databasePaths}] = await Promise.all([
        import('./migration/migration.js'),
        import('./migration/database-paths.js'),
      ])
      return createMigration({
        root,
        paths: databasePaths({env, home: homedir(), platform: process.platform}),
        loadEngine: async () => (await import('./migration/sqlite/load-engine.js')).loadEngine(),
      })
    },

    async audit() {
      const {createAuditLog} = await import('./audit/audit-log.js')
      return createAuditLog(root.log('audit'), {isOn: readIsOn(context.hostVariable('AUDIT_LOG'))})
    },

    async projectFiles() {
      const {createProjectFiles} = await import('./env-file/project-files.js')
      return createProjectFiles()
    },

    async findInGit(path) {
      const {findInGit} = await import('./git/repository.js')
      return findInGit(path, {env: {...env, [context.keyVariable]: undefined}, pathExists})
    },

    async runChild(command, args, childEnv) {
      const [{runChild}, {isInForeground}, {readSystemFile}] = await Promise.all([
        import('./child/run-child.js'),
        import('./child/is-in-foreground.js'),
        import('./storage/system-file.js'),
      ])
      const isAtTerminal = [process.stdin, process.stdout, process.stderr].some(({isTTY}) => isTTY)
      const hasTerminal = isAtTerminal && isInForeground(readSystemFile('/proc/self/stat'))
      return runChild(command, args, {env: childEnv, hasTerminal, signals: process})
    },

    async openBrowser(url) {
      const {openBrowser} = await import('./browser/open-browser.js')
      return openBrowser(url, desktop)
    },

    async whyNoBrowser() {
      const {whyNoBrowser} = await import('./browser/surroundings.js')
      return whyNoBrowser(desktop)
    },

    async copyText(text) {
      const {copyText} = await import('./browser/copy-text.js')
      return copyText(text, {...desktop, write: (sequence) => void process.stderr.write(sequence)})
    },

    async listenForKeys(actions) {
      const {offerKeys} = await import('./prompts/offer-keys.js')
      return offerKeys(actions, {onCancel: () => void process.emit('SIGINT', 'SIGINT')})
    },

    readStandardInput: async () => (await import('./read-text.js')).readText(process.stdin, context.signal),

    deviceName: () => hostname(),
  }
}

function workingFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

function readMode({name, value}: {name: string; value: string | undefined}): CredentialStoreMode {
  const mode = value?.trim().toLowerCase() || 'auto'
  if (mode === 'auto' || mode === 'keychain' || mode === 'file') return mode
  throw new AuthError('USAGE', `${name} is ${cleanText(value)}; it can be auto, keychain or file.`)
}

function readIsOn({name, value}: {name: string; value: string | undefined}): boolean {
  const mode = value?.trim().toLowerCase() || 'on'
  if (isOn(mode)) return true
  if (['off', '0', 'false', 'no'].includes(mode)) return false
  throw new AuthError('USAGE', `${name} is ${cleanText(value)}; it can be on or off.`)
}

/** Seconds in the variable, milliseconds to the store. A timer of more than 24 days would end at once. */
function readTimeout({name, value}: {name: string; value: string | undefined}): number | undefined {
  if (!value?.trim()) return undefined
  const seconds = Number(value)
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT) return seconds * 1000
  throw new AuthError(
    'USAGE',
    `${name} is ${cleanText(value)}; it is a number of seconds, at most ${LONGEST_TIMEOUT}.`,
    [`For example: ${name}=10`],
  )
}

const LONGEST_TIMEOUT = 3600

/** Bytes of one answer. 10,000 projects are 1.7 MB, and they come in one piece. */
const CONTROL_PLANE_LIMIT = 16 * 1024 * 1024

function lazyPrompter(isInteractive: () => boolean, load: () => Promise<Prompter>): Prompter {
  let loaded: Promise<Prompter> | undefined
  const prompter = (): Promise<Prompter> => (loaded ??= load())
  return {
    get interactive() {
      return isInteractive()
    },
    select: async (question, choices, options) => (await prompter()).select(question, choices, options),
    input: async (question, options) => (await prompter()).input(question, options),
    secret: async (question) => (await prompter()).secret(question),
    confirm: async (question, options) => (await prompter()).confirm(question, options),
  }
}
