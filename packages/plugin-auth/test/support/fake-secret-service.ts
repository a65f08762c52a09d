import {createCipheriv, createDecipheriv, getDiffieHellman, hkdfSync, randomBytes} from 'node:crypto'
import {Message, type MessageBus, sessionBus, Variant} from '@jellybrick/dbus-next'
import {startSecretService} from './secret-service.js'

/** What is wrong with the service. May be changed while it runs; members are those of the Secret Service's interfaces. */
export interface SecretServiceFaults {
  /** Calls that are never answered. */
  hangsIn?: string[]
  /** The call during which the service leaves the bus. */
  diesIn?: string
  /** The name of the D-Bus error that a call is answered with. */
  fails?: Record<string, string>
  /** So many calls of such a member are answered as if nothing were wrong, counted in `calls`. */
  spares?: number
  /** Milliseconds before every answer. */
  delay?: number
  /** As in WSL: a service that runs and has no default keyring. */
  withoutKeyring?: boolean
  withoutEncryption?: boolean
  /** Every secret is given back as something else. */
  givesOther?: boolean
  /** The dialog that asks for the password: who answers it, and after how many milliseconds. */
  locked?: {answer: 'unlock' | 'dismiss'; after: number}
}

/** An `org.freedesktop.secrets` that misbehaves as told, in this process, on a bus of its own. */
export interface FakeSecretService {
  readonly env: NodeJS.ProcessEnv
  faults: SecretServiceFaults
  /** The members that were called, in order. */
  readonly calls: string[]
  /** The secrets that are kept. */
  secrets(): string[]
  stop(): Promise<void>
}

interface Item {
  attributes: Record<string, string>
  label: string
  value: Buffer
}

/** Session, parameters, value, content type. */
type WireSecret = [string, Buffer, Buffer, string]

const ROOT = '/org/freedesktop/secrets'
const KEYRING = `${ROOT}/collection/login`
const NAME = 'org.freedesktop.Secret'

export async function startFakeSecretService(faults: SecretServiceFaults = {}): Promise<FakeSecretService> {
  const bus = await startSecretService({keyring: 'none'})
  const connection = sessionBus({busAddress: bus.env['DBUS_SESSION_BUS_ADDRESS'] ?? ''})
  const items = new Map<string, Item>()
  const fake: FakeSecretService = {
    env: bus.env,
    faults,
    calls: [],
    secrets: () => [...items.values()].map(({value}) => value.toString()),
    async stop() {
      connection.disconnect()
      await bus.stop()
    },
  }
  answerCalls(connection, fake, items)
  await connection.requestName('org.freedesktop.secrets', 0)
  return fake
}

function answerCalls(connection: MessageBus, fake: FakeSecretService, items: Map<string, Item>): void {
  const sessions = new Map<string, Buffer | undefined>()
  let count = 0
  const newPath = (kind: string) => `${ROOT}/${kind}/${kind[0]}${++count}`

  const matching = (wanted: Record<string, string>): string[] =>
    [...items]
      .filter(([, {attributes}]) => Object.entries(wanted).every(([name, value]) => attributes[name] === value))
      .map(([path]) => path)

  const wireSecret = (session: string, item: Item): WireSecret => {
    const value = fake.faults.givesOther ? Buffer.from('something else') : item.value
    return encrypt(session, sessions.get(session), value)
  }

  function openSession(algorithm: string, input: Variant): [string, unknown[]] {
    const path = newPath('session')
    if (algorithm === 'plain') {
      sessions.set(path, undefined)
      return ['vo', [new Variant('s', ''), path]]
    }

    if (fake.faults.withoutEncryption) throw new DBusFailure('org.freedesktop.DBus.Error.NotSupported')
    const {key, publicKey} = agreeOnKey(input.value as Buffer)
    sessions.set(path, key)
    return ['vo', [new Variant('ay', publicKey), path]]
  }

  function createItem(properties: Record<string, Variant>, secret: WireSecret, replace: boolean): [string, unknown[]] {
    if (fake.faults.locked) throw isLocked()
    const attributes = properties[`${NAME}.Item.Attributes`]?.value as Record<string, string>
    const label = String(properties[`${NAME}.Item.Label`]?.value)
    const path = (replace && matching(attributes)[0]) || newPath('collection/login')
    items.set(path, {attributes, label, value: decrypt(sessions.get(secret[0]), secret)})
    return ['oo', [path, '/']]
  }

  function prompt(path: string): [string, unknown[]] {
    const {answer, after} = fake.faults.locked ?? {answer: 'unlock', after: 0}
    setTimeout(() => {
      const isDismissed = answer === 'dismiss'
      if (!isDismissed) delete fake.faults.locked
      const result = new Variant('ao', isDismissed ? [] : [KEYRING, ...items.keys()])
      connection.send(Message.newSignal(path, `${NAME}.Prompt`, 'Completed', 'bv', [isDismissed, result]))
    }, after)
    return ['', []]
  }

  function property(path: string): Record<string, Variant> {
    const Locked = new Variant('b', Boolean(fake.faults.locked))
    const times = {Created: new Variant('t', 0n), Modified: new Variant('t', 0n)}
    const item = items.get(path)
    if (item) {
      const {attributes, label} = item
      return {Locked, ...times, Attributes: new Variant('a{ss}', attributes), Label: new Variant('s', label)}
    }

    if (path === ROOT) return {Collections: new Variant('ao', fake.faults.withoutKeyring ? [] : [KEYRING])}
    if (fake.faults.withoutKeyring) throw new DBusFailure('org.freedesktop.DBus.Error.UnknownObject')
    return {Locked, ...times, Items: new Variant('ao', [...items.keys()]), Label: new Variant('s', 'Login')}
  }

  /** The signature and the body of the answer. */
  function answer({member, path, body}: Message): [string, unknown[]] {
    const item = items.get(path ?? '')
    switch (member) {
      case 'OpenSession':
        return openSession(body[0] as string, body[1] as Variant)
      case 'ReadAlias':
        return ['o', [fake.faults.withoutKeyring ? '/' : KEYRING]]
      case 'SearchItems': {
        const found = matching(body[0] as Record<string, string>)
        if (path !== ROOT) return ['ao', [found]]
        return ['aoao', fake.faults.locked ? [[], found] : [found, []]]
      }
      case 'Unlock':
        return ['aoo', fake.faults.locked ? [[], newPath('prompt')] : [body[0], '/']]
      case 'Prompt':
        return prompt(path ?? '')
      case 'CreateItem':
        return createItem(body[0] as Record<string, Variant>, body[1] as WireSecret, body[2] as boolean)
      case 'GetSecrets': {
        const paths = fake.faults.locked ? [] : (body[0] as string[])
        const found = paths.flatMap((path) => {
          const item = items.get(path)
          return item ? [[path, wireSecret(body[1] as string, item)]] : []
        })
        return ['a{o(oayays)}', [Object.fromEntries(found)]]
      }
      case 'GetSecret':
        if (!item) throw new DBusFailure(`${NAME}.Error.NoSuchObject`)
        if (fake.faults.locked) throw isLocked()
        return ['(oayays)', [wireSecret(body[0] as string, item)]]
      case 'SetSecret': {
        if (!item) throw new DBusFailure(`${NAME}.Error.NoSuchObject`)
        const secret = body[0] as WireSecret
        item.value = decrypt(sessions.get(secret[0]), secret)
        return ['', []]
      }
      case 'Delete':
        items.delete(path ?? '')
        return ['o', ['/']]
      case 'GetAll':
        return ['a{sv}', [property(path ?? '')]]
      case 'Get':
        return ['v', [property(path ?? '')[body[1] as string]]]
      case 'Close':
        return ['', []]
      default:
        throw new DBusFailure('org.freedesktop.DBus.Error.UnknownMethod')
    }
  }

  connection.addMethodHandler((call) => {
    const {member = ''} = call
    const {hangsIn = [], diesIn, fails = {}, delay = 0, spares = 0} = fake.faults
    fake.calls.push(member)
    const isSpared = fake.calls.filter((name) => name === member).length <= spares
    if (!isSpared && hangsIn.includes(member)) return true
    if (!isSpared && diesIn === member) {
      connection.disconnect()
      return true
    }

    const send = () => {
      try {
        if (fails[member]) throw new DBusFailure(fails[member])
        connection.send(Message.newMethodReturn(call, ...answer(call)))
      } catch (error) {
        const name = error instanceof DBusFailure ? error.message : 'org.freedesktop.DBus.Error.Failed'
        connection.send(Message.newError(call, name, String(error)))
      }
    }
    if (delay) setTimeout(send, delay)
    else send()
    return true
  })
}

class DBusFailure extends Error {}

const isLocked = () => new DBusFailure(`${NAME}.Error.IsLocked`)

/** dh-ietf1024-sha256-aes128-cbc-pkcs7, the one algorithm of the Secret Service's specification. */
function agreeOnKey(theirs: Buffer): {key: Buffer; publicKey: Buffer} {
  const ours = getDiffieHellman('modp2')
  const publicKey = ours.generateKeys()
  const shared = ours.computeSecret(Buffer.from(theirs))
  const padded = Buffer.concat([Buffer.alloc(128 - shared.length), shared])
  return {key: Buffer.from(hkdfSync('sha256', padded, Buffer.alloc(0), Buffer.alloc(0), 16)), publicKey}
}

function encrypt(session: string, key: Buffer | undefined, value: Buffer): WireSecret {
  if (!key) return [session, Buffer.alloc(0), value, 'text/plain']
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  return [session, iv, Buffer.concat([cipher.update(value), cipher.final()]), 'text/plain']
}

function decrypt(key: Buffer | undefined, [, iv, value]: WireSecret): Buffer {
  if (!key) return Buffer.from(value)
  const decipher = createDecipheriv('aes-128-cbc', key, Buffer.from(iv))
  return Buffer.concat([decipher.update(Buffer.from(value)), decipher.final()])
}
