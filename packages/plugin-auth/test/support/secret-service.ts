import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {connect, createServer, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/** What has to be installed for `startSecretService`. */
export const SECRET_SERVICE_TOOLS = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon']

export interface SecretServiceOptions {
  /** `none`: a bus on which nobody answers for the Secret Service. `uninitialised`: a daemon without any keyring. */
  keyring?: 'unlocked' | 'none' | 'uninitialised'
  /**
   * What happens when the daemon asks for a password: there is no program that could ask (`impossible`), or its dialog
   * stays open and nobody answers (`left open`).
   */
  prompt?: 'impossible' | 'left open'
  /** A keyring with an empty password is kept as a text file: the kind that a line break in a value destroys. */
  password?: string
  /** The command with which the bus starts a Secret Service that is asked for and not there. */
  startedBy?: string
  /** More variables for the bus and the daemon, such as a language. */
  env?: NodeJS.ProcessEnv
}

/** A real gnome-keyring on a bus of its own, in a home of its own. Nothing of the caller's session is touched. */
export interface SecretService {
  /** For a child process, and for `createKeychainStore({env})`. Holds nothing of the caller's environment but PATH. */
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  lock(): void
  /** As a person would at the dialog, which is then gone. */
  unlock(): Promise<void>
  /** Closes an open dialog without a password. */
  dismissPrompt(): void
  /** The daemon lives and answers nothing. */
  freeze(): void
  /** Ends the daemon and starts it again, as a new session would. */
  restart(): Promise<void>
  /** Ends the daemon, leaving the bus. */
  kill(): Promise<void>
  /** Ends everything and removes the home. */
  stop(): Promise<void>
}

export async function startSecretService({
  keyring = 'unlocked',
  prompt = 'impossible',
  password = 'test',
  startedBy,
  env: more = {},
}: SecretServiceOptions = {}): Promise<SecretService> {
  const {base, home, env} = makeHome()
  Object.assign(env, more)
  const bus = await startBus(base, env, {
    // Never takes the name, so the daemon's request to show a dialog waits for as long as a dialog would.
    ...(prompt === 'left open' && {'org.gnome.keyring.SystemPrompter': PROMPTER}),
    ...(startedBy && {'org.freedesktop.secrets': startedBy}),
  })
  if (keyring === 'unlocked' && password === '') writeTextKeyring(env)
  let daemon = keyring === 'none' ? undefined : await startDaemon(env, keyring === 'unlocked' ? password : '')

  const dismissPrompt = () => {
    // The bus holds the daemon's request back while the prompter is "starting"; now it learns that it never will.
    killAll(home, PROMPTER)
  }

  return {
    env,
    home,

    lock() {
      const {stderr, status} = call(
        env,
        'org.freedesktop.secrets',
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.Lock',
        'array:objpath:/org/freedesktop/secrets/collection/login',
      )
      if (status !== 0) throw new Error(stderr)
    },

    async unlock() {
      await unlockLogin(env, password)
      dismissPrompt()
    },

    dismissPrompt,

    freeze() {
      daemon?.kill('SIGSTOP')
    },

    async kill() {
      await end(daemon)
    },

    async restart() {
      await end(daemon)
      daemon = await startDaemon(env, password)
    },

    async stop() {
      await end(daemon)
      await end(bus)
      killAll(home)
      rmSync(base, {recursive: true, force: true})
    },
  }
}

/** Through the daemon's control socket, as PAM does at a login: operation 1, answered by 0. */
async function unlockLogin({XDG_RUNTIME_DIR}: NodeJS.ProcessEnv, password: string): Promise<void> {
  const secret = Buffer.from(password)
  const request = Buffer.alloc(13)
  request.writeUInt32BE(12 + secret.length, 1)
  request.writeUInt32BE(1, 5)
  request.writeUInt32BE(secret.length, 9)
  const socket = connect(join(XDG_RUNTIME_DIR ?? '', 'keyring', 'control'))
  socket.write(Buffer.concat([request, secret]))
  const reply = await new Promise<Buffer>((resolve, reject) => socket.once('data', resolve).once('error', reject))
  socket.destroy()
  if (reply.readUInt32BE(4) !== 0) throw new Error('gnome-keyring-daemon did not unlock')
}

/** The format of a keyring without a password, which is made by hand because the daemon would ask for one. */
function writeTextKeyring({XDG_DATA_HOME}: NodeJS.ProcessEnv): void {
  const folder = join(XDG_DATA_HOME ?? '', 'keyrings')
  mkdirSync(folder, {recursive: true, mode: 0o700})
  const keyring = '[keyring]\ndisplay-name=Login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n'
  writeFileSync(join(folder, 'login.keyring'), keyring, {mode: 0o600})
  writeFileSync(join(folder, 'default'), 'login')
}

/** A socket that takes connections and never answers: a bus that hangs. */
export async function startSilentBus(): Promise<{
  env: NodeJS.ProcessEnv
  /** How many there have been. */
  connections(): number
  stop(): Promise<void>
}> {
  const {base, env} = makeHome()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  const path = join(base, 'silent')
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    env: {...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}`},
    connections: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(base, {recursive: true, force: true})
    },
  }
}

/** A home without any bus. */
export function makeHome(): {base: string; home: string; env: NodeJS.ProcessEnv} {
  const base = mkdtempSync(join(tmpdir(), 'secret-service-'))
  const home = join(base, 'home')
  const runtime = join(base, 'run')
  mkdirSync(home, {mode: 0o700})
  mkdirSync(runtime, {mode: 0o700})
  const env = {PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: runtime, LANG: 'C.UTF-8'}
  return {base, home, env: {...env, XDG_DATA_HOME: join(home, '.local', 'share')}}
}

/** `services` are the commands that the bus starts when their name is asked for. */
async function startBus(base: string, env: NodeJS.ProcessEnv, services: Record<string, string>) {
  const address = `unix:path=${join(base, 'run', 'bus')}`
  const folder = join(base, 'services')
  mkdirSync(folder)
  for (const [name, command] of Object.entries(services)) {
    writeFileSync(join(folder, `${name}.service`), `[D-BUS Service]\nName=${name}\nExec=${command}\n`)
  }

  const configuration = join(base, 'bus.conf')
  writeFileSync(
    configuration,
    `<busconfig>
      <type>session</type><keep_umask/><listen>${address}</listen><auth>EXTERNAL</auth>
      <servicedir>${folder}</servicedir>
      <policy context="default">
        <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
      </policy>
      <limit name="service_start_timeout">300000</limit>
    </busconfig>`,
  )
  const bus = spawn('dbus-daemon', [`--config-file=${configuration}`, '--nofork', '--print-address=1', '--nosyslog'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  endWithThisProcess(bus)
  await new Promise<void>((resolve, reject) => {
    bus.stdout.once('data', () => resolve())
    bus.once('exit', (code) => reject(new Error(`dbus-daemon ended with ${code}`)))
  })
  env['DBUS_SESSION_BUS_ADDRESS'] = address
  return bus
}

async function startDaemon(env: NodeJS.ProcessEnv, password: string): Promise<ChildProcess> {
  const mode = password === '' ? [] : ['--unlock']
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...mode], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  endWithThisProcess(daemon)
  daemon.stdin.end(password)
  for (let tries = 0; tries < 100; tries++) {
    const {stdout} = call(
      env,
      'org.freedesktop.DBus',
      '/org/freedesktop/DBus',
      'org.freedesktop.DBus.NameHasOwner',
      'string:org.freedesktop.secrets',
    )
    if (stdout.includes('true')) return daemon
    await sleep(50)
  }

  throw new Error('gnome-keyring-daemon did not take its name on the bus')
}

const call = (env: NodeJS.ProcessEnv, destination: string, path: string, method: string, argument: string) =>
  spawnSync(
    'dbus-send',
    ['--session', `--dest=${destination}`, '--print-reply', '--reply-timeout=2000', path, method, argument],
    {
      env,
      encoding: 'utf8',
    },
  )

/** The home is in the environment of everything that was started here, and of nothing else. */
function killAll(home: string, program = ''): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${home}\0`)) continue
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(program)) continue
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}

const PROMPTER = '/bin/sleep 600'

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await exitOf(child)
}

const exitOf = (child: ChildProcess) => new Promise<void>((resolve) => child.once('exit', () => resolve()))

/** So that an aborted test run leaves no daemon behind. */
function endWithThisProcess(child: ChildProcess): void {
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}
