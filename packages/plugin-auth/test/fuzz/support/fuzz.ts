import {inspect} from 'node:util'
import {expect} from 'chai'
import fc from 'fast-check'
import {type AuthError, isAuthError} from '../../../src/errors.js'

/** `LLAMACTL_FUZZ_RUNS` for a long hunt, `LLAMACTL_FUZZ_SEED` for another one, or for one that failed. */
const numRuns = Number(process.env['LLAMACTL_FUZZ_RUNS'] ?? 200)
const seed = Number(process.env['LLAMACTL_FUZZ_SEED'] ?? 8628)

/** Checks that something holds for whatever comes in; the report of a failure has the seed and the smallest input. */
export async function holds<T>(inputs: fc.Arbitrary<T>, property: (input: T) => unknown): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      await property(input)
      expect(Reflect.ownKeys(Object.prototype), 'what every object has').to.deep.equal(OF_EVERY_OBJECT)
    }),
    {numRuns, seed},
  )
}

const OF_EVERY_OBJECT = Reflect.ownKeys(Object.prototype)

/** What must never be seen in an error, wherever it stood in the input. */
export const CANARY = 'llx-canary-0123456789'

export type Outcome<T> = {value: T; error?: undefined} | {value?: undefined; error: AuthError}

/** What a reader gave: a value, or an error for a person without anything secret. Whatever else it throws is a fault. */
export async function outcomeOf<T>(read: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return {value: await read()}
  } catch (error) {
    if (!isAuthError(error)) throw error
    expect(error.message).to.match(/\S/)
    expect(error.message, 'the message').not.to.match(CONTROLS)
    expect(`${inspect(error, {depth: 9})}${JSON.stringify(error)}${error.stack}`).not.to.include(CANARY)
    return {error}
  }
}

/** As a terminal takes them: a line break is one as well. */
export const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** Keys that mean something to JavaScript, and some that mean something here. */
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', 'version', 'id']

const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({maxLength: 8}))

/** One line of text or several, of any characters, short or long, and texts that mean something to a parser. */
export const text = fc.oneof(
  fc.string({unit: 'binary', maxLength: 40}),
  fc.string({unit: 'grapheme', maxLength: 40}),
  fc.string({unit: 'binary-ascii', maxLength: 300}),
  fc.constantFrom(
    '',
    ' ',
    '.',
    '..',
    '../x',
    '__proto__',
    '\uFEFF',
    '\uD800',
    '\u202Eabc',
    '\u001B[2J',
    'a\nb',
    'a\0b',
  ),
)

const scalar = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, CANARY, 1e308, -0, 2 ** 53, Number.MAX_VALUE),
)

/** What JSON can say, as `JSON.parse` gives it: a key `__proto__` is a key of its own there. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{value: unknown}>((tie) => ({
  value: fc.oneof(
    {maxDepth: 4, depthSize: 'small'},
    scalar,
    fc.array(tie('value'), {maxLength: 4}),
    fc.array(fc.tuple(key, tie('value')), {maxLength: 5}).map((entries) => Object.fromEntries(entries)),
    fc.integer({min: 1, max: 60}).map((depth) => nested(depth)),
  ),
})).value

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)

/** A document as it should be, with one to three changes: a key taken away, added, or of another type, at any depth. */
export const mutated = (sound: object): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .array(fc.record({place: fc.nat(), what: fc.constantFrom('remove', 'change', 'add', 'keep'), key, value: json}), {
      minLength: 1,
      maxLength: 3,
    })
    .map((changes) => {
      const document = structuredClone(sound) as Record<string, unknown>
      for (const {place, what, key, value} of changes) {
        const places = placesIn(document)
        const [object, name] = places[place % places.length] ?? [document, key]
        if (what === 'remove') Reflect.deleteProperty(object, name)
        if (what === 'change') put(object, name, value)
        if (what === 'add') Array.isArray(object) ? object.push(value) : put(object, key, value)
      }

      return document
    })

function placesIn(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [[value, name] as [object, string], ...placesIn(inner)])
}

const put = (object: object, key: string, value: unknown): void =>
  void Object.defineProperty(object, key, {value, enumerable: true, configurable: true, writable: true})

/** What may be found where a document is expected: any bytes, any JSON, a mutated document, and pieces of one. */
export const bytesLike = (sound: object): fc.Arbitrary<Buffer> =>
  fc.oneof(
    {weight: 5, arbitrary: mutated(sound).map((document) => Buffer.from(JSON.stringify(document)))},
    {weight: 2, arbitrary: json.map((value) => Buffer.from(JSON.stringify(value)))},
    {weight: 1, arbitrary: fc.uint8Array({maxLength: 200}).map((bytes) => Buffer.from(bytes))},
    {
      weight: 1,
      arbitrary: fc.nat({max: 600}).map((end) => Buffer.from(JSON.stringify(sound)).subarray(0, end)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.nat(), fc.integer({min: 0, max: 255})).map(([place, byte]) => {
        const bytes = Buffer.from(JSON.stringify(sound))
        bytes[place % bytes.length] = byte
        return bytes
      }),
    },
  )
