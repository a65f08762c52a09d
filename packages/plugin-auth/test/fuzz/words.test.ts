import {expect} from 'chai'
import fc from 'fast-check'
import {unfitReason} from '../../src/credentials/fit-secret.js'
import {explainFailure} from '../../src/credentials/keychain/explain-failure.js'
import {type HelperReply, parseReply} from '../../src/credentials/keychain/helper-protocol.js'
import {folderName, isApiUrl, normaliseApiUrl} from '../../src/environments/api-url.js'
import {retryAfterSeconds} from '../../src/http/transient-status.js'
import {decodeCredential, encodeCredential} from '../../src/login/credential.js'
import {readApiKey} from '../../src/login/read-api-key.js'
import {minutesAndSeconds} from '../../src/output/duration.js'
import {readProfileName, redactedKey, uniqueName} from '../../src/profiles/profile-name.js'
import {readProjectId} from '../../src/profiles/project-id.js'
import {Secret} from '../../src/secret.js'
import {createFolder} from '../../src/storage/folder.js'
import {cleanText, isShowable} from '../../src/untrusted/clean-text.js'
import {safeUrl} from '../../src/untrusted/safe-url.js'
import {bytesLike, CANARY, CONTROLS, holds, json, mutated, outcomeOf, text} from './support/fuzz.js'

/** URLs and what people and attackers write for them. */
const url = fc.oneof(
  fc.webUrl({withFragments: true, withQueryParameters: true, validSchemes: ['http', 'https', 'ftp']}),
  fc
    .tuple(
      fc.constantFrom('https://', 'HTTPS://', 'http://', 'http:', '//', '', ' https://', 'javascript:', 'file:///'),
      fc.constantFrom('', 'user@', 'u:llx-p@', '@'),
      fc.oneof(
        fc.domain(),
        fc.ipV4(),
        fc.ipV6().map((ip) => `[${ip}]`),
        fc.constantFrom('LOCALHOST', 'localhost.', '127.1', '0x7f.1', 'bücher.example', 'x', '[::1]', '', '%00'),
        text,
      ),
      fc.constantFrom('', ':443', ':80', ':0', ':65536', ':8080', ':'),
      fc.oneof(
        fc.constantFrom('', '/', '//', '/a/../b', '/%2e%2E/', '/A', '/a/', '/a//', '/\\..\\', '/ä', '/_61'),
        text,
      ),
    )
    .map((parts) => parts.join('')),
  text,
)

describe('whatever is typed, piped or stored', () => {
  it('a text is clean once it was cleaned, and no longer than allowed', () =>
    holds(fc.tuple(fc.oneof(text, json), fc.nat({max: 300})), ([value, limit]) => {
      const clean = cleanText(value, limit)
      expect(clean).not.to.match(CONTROLS)
      expect(clean.length).to.be.at.most(limit)
      expect(cleanText(clean, limit)).to.equal(clean)
      expect(isShowable(clean)).to.equal(true)
    }))

  it('the URL of a control plane has one spelling, and one folder', () =>
    holds(fc.tuple(url, fc.boolean()), async ([spelled, allowHttp]) => {
      const {value, error} = await outcomeOf(() => normaliseApiUrl(spelled, {allowHttp}))
      if (error) return expect(error.code).to.equal('USAGE')
      expect(value).not.to.match(CONTROLS)
      expect(normaliseApiUrl(value!, {allowHttp})).to.equal(value)
      expect(isApiUrl(value!)).to.equal(true)
      for (const again of [
        `${value}/`,
        ` ${value}\n`,
        value!.replace(/^https?:\/\/[^/]*/, (origin) => origin.toUpperCase()),
      ]) {
        expect(folderName(normaliseApiUrl(again, {allowHttp}))).to.equal(folderName(value!))
      }

      expect(createFolder({path: '/x', warn: () => undefined}).folder(folderName(value!)).path).to.match(/^\/x\/[^/]+$/)
    }))

  it('two control planes have two folders, also where the case of letters does not count', () =>
    holds(fc.tuple(url, url), async ([one, other]) => {
      const [a, b] = [await outcomeOf(() => normaliseApiUrl(one)), await outcomeOf(() => normaliseApiUrl(other))]
      if (a.value === undefined || b.value === undefined) return
      expect(folderName(a.value).toLowerCase() === folderName(b.value).toLowerCase()).to.equal(a.value === b.value)
    }))

  it('a URL is safe only where it leads by https, or to this machine', () =>
    holds(fc.tuple(fc.oneof(url, json), fc.boolean()), ([value, allowLoopback]) => {
      const {url: safe} = safeUrl(value, {allowLoopback})
      if (!safe) return
      expect(safe.href).not.to.match(CONTROLS)
      expect([safe.username, safe.password]).to.deep.equal(['', ''])
      if (safe.protocol !== 'https:') expect([allowLoopback, safe.protocol]).to.deep.equal([true, 'http:'])
    }))

  it('an API key is one word that fits into a header, and no error quotes it', () =>
    holds(
      fc.oneof(
        text,
        text.map((rest) => `${CANARY}${rest}`),
      ),
      async (piped) => {
        const {value} = await outcomeOf(() => readApiKey(piped, 'standard input'))
        if (!value) return
        expect(new Headers({authorization: `Bearer ${value.reveal()}`}).get('authorization')).to.include(value.reveal())
        expect(readApiKey(value.reveal(), 'x').reveal()).to.equal(value.reveal())
        expect(unfitReason(encodeCredential({apiKey: value}).reveal())).to.equal(undefined)
        const name = redactedKey(value.reveal())
        expect(readProfileName(name)).to.equal(name)
      },
    ))

  for (const [what, read] of [
    ['the name of a profile', readProfileName],
    ['the ID of a project', readProjectId],
  ] as const) {
    it(`${what} can be shown, and is the same when it is read again`, () =>
      holds(text, async (typed) => {
        const {value, error} = await outcomeOf(() => read(typed))
        if (error) return expect(error.code).to.equal('USAGE')
        expect(value).to.match(/^\S/).and.not.match(CONTROLS)
        expect(read(value!)).to.equal(value)
      }))
  }

  it('a name that is made unique is one that nobody has', () =>
    holds(fc.tuple(text, fc.array(text)), ([name, taken]) => {
      expect(taken).not.to.include(uniqueName(name, taken))
      expect(taken).not.to.include(uniqueName(taken[0] ?? name, taken))
    }))

  it('a credential comes out of its store as it went in', () =>
    holds(fc.tuple(text, text), async ([key, token]) => {
      const stored = encodeCredential({apiKey: new Secret(key), refreshToken: new Secret(token)})
      expect(stored.reveal()).not.to.match(/[\n\r]/)
      const {value} = await outcomeOf(() => decodeCredential(stored))
      if (key === '') return expect(value).to.equal(undefined)
      expect([value?.apiKey.reveal(), value?.refreshToken?.reveal() ?? '']).to.deep.equal([key, token])
    }))

  it('a credential that somebody overwrote is missing, and not quoted', () =>
    holds(bytesLike({api_key: CANARY, refresh_token: CANARY}), async (bytes) => {
      const {value, error} = await outcomeOf(() => decodeCredential(new Secret(bytes.toString())))
      if (error) return expect(error.code).to.equal('CREDENTIAL_MISSING')
      expect(value!.apiKey.reveal()).to.be.a('string').and.not.equal('')
    }))

  const reply: HelperReply = {kind: 'failed', stage: 'call', engine: 'keytar', text: 'no result found'}
  it('a reply of the keychain helper is one or none, and is explained', () =>
    holds(
      fc.oneof(
        bytesLike(reply),
        mutated({kind: 'done', engine: 'keyring', value: CANARY}).map((value) => JSON.stringify(value)),
      ),
      async (said) => {
        const read = parseReply(said.toString())
        if (!read) return
        expect(['keytar', 'keyring']).to.include(read.engine)
        if (read.kind === 'done') return expect(['string', 'boolean', 'object']).to.include(typeof read.value)
        const call = {operation: 'get', engines: ['keytar'], service: 's', account: 'a'} as const
        const {error} = await outcomeOf(() => {
          throw explainFailure(read, call)
        })
        expect(error?.code).to.match(/^KEYCHAIN_/)
      },
    ))

  it('a Retry-After is a number of seconds or nothing', () =>
    holds(fc.oneof(text, fc.integer().map(String), fc.date().map(String)), (value) => {
      const headers = new Headers()
      try {
        headers.set('retry-after', value)
      } catch {
        return
      }

      const seconds = retryAfterSeconds(new Response(null, {headers}))
      if (seconds !== undefined) expect(Number.isFinite(seconds) && seconds >= 0).to.equal(true)
    }))

  it('a duration reads as on a clock', () =>
    holds(fc.double({min: 0, max: 1e6, noNaN: true}), (seconds) => {
      expect(minutesAndSeconds(seconds)).to.match(/^\d+:[0-5]\d$/)
    }))
})
