import {createRequire} from 'node:module'
import {readFile} from 'node:fs/promises'

import {expect} from 'chai'
import * as oidc from 'openid-client'
import {chromium, type Browser, type BrowserContextOptions, type Page} from 'playwright-core'

import {findTool, requireTools} from '../../plugin-auth/test/support/requires.js'
import {startDevControlPlane, type DevControlPlane, type DevControlPlaneOptions} from '../src/index.js'
import {call} from './call.js'
import {discover, SCOPE} from './oidc-client.js'

const ME = '/api/v1/auth/me'
const HOSTILE = `<script>document.title='hacked'</script><img src=x onerror="document.title='hacked'">`
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

describe('the page at / in a real browser', () => {
  requireTools('chromium')

  let browser: Browser
  let controlPlane: DevControlPlane
  let page: Page
  /** What the console says that no page of ours should, and who is asked beside this server. */
  let complaints: string[]

  before(async () => {
    browser = await chromium.launch({
      executablePath: findTool('chromium') as string,
      args: ['--no-sandbox', '--no-first-run', '--no-proxy-server', '--disable-gpu', '--disable-background-networking'],
    })
  })
  after(() => browser?.close())
  afterEach(async () => {
    await page.context().close()
    await controlPlane.close()
  })

  async function open(options: DevControlPlaneOptions = {}, window: BrowserContextOptions = {}): Promise<void> {
    controlPlane = await startDevControlPlane({algorithm: 'ES256', interval: 0.1, ...options})
    const context = await browser.newContext({viewport: {width: 1440, height: 900}, ...window})
    page = await context.newPage()
    complaints = []
    page.setDefaultTimeout(10_000)
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', ({message}) => complaints.push(message))
    page.on('request', (request) => {
      if (!request.url().startsWith(controlPlane.url) && request.url() !== 'data:,') complaints.push(request.url())
    })
    await page.goto(controlPlane.url)
    await page.getByText('Live', {exact: true}).waitFor()
  }

  const begin = async (): Promise<oidc.DeviceAuthorizationResponse> =>
    oidc.initiateDeviceAuthorization(await discover(controlPlane), {scope: SCOPE})
  const me = async (): Promise<number> =>
    (await call(controlPlane.url, ME, {bearer: controlPlane.seed.api_keys[0]!.secret})).status
  const faultSwitch = (name: string) => page.getByRole('switch', {name})

  /** Something of everything: a login that waits, faults of both kinds, requests with every outcome. */
  async function fill(): Promise<void> {
    await begin()
    controlPlane.faults.turnOn('unavailable', {times: 1})
    await me()
    await call(controlPlane.url, '/api/v1/nothing')
    await call(controlPlane.url, `/api/v1/${'long'.repeat(40)}?${'name'.repeat(20)}=value`)
    controlPlane.faults.add({path: ME, times: 1, drop: true})
    await me().catch(() => undefined)
    controlPlane.faults.turnOn('rate-limited')
    await me()
    await page.getByText('429', {exact: true}).waitFor()
    await page.getByRole('table').getByText('dropped', {exact: true}).waitFor()
  }

  const long = 'AnUnbrokenNameOfAProjectThatSomebodyHasMadeMuchLongerThanAnyWindowIsWide'.repeat(2)
  const longSeed = {
    organizations: [{org_id: 'org-1', org_name: long}],
    projects: [{project_id: long, project_name: long}],
    users: [{email: `${long}@example.com`, password: 'x', name: long}],
    api_keys: [{user: `${long}@example.com`, secret: 'llx-canary-of-this-test-1234', name: long, project_id: long}],
  }

  for (const width of [320, 360, 1440]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`has nothing that axe objects to, and nothing beyond its edge, ${width} pixels wide and ${colorScheme}`, async () => {
        await open({}, {viewport: {width, height: 900}, colorScheme, reducedMotion: 'reduce'})
        await fill()
        expect(await violations()).to.deep.equal([])
        expect(await overflow()).to.equal(0)
        expect(complaints).to.deep.equal([])
      })
    }
  }

  for (const width of [320, 360, 768, 1100, 1440, 2560]) {
    it(`keeps names without a blank within ${width} pixels`, async () => {
      await open({seed: longSeed}, {viewport: {width, height: 900}})
      controlPlane.faults.turnOn('rate-limited')
      await call(controlPlane.url, `/api/v1/${long}`, {bearer: 'llx-canary-of-this-test-1234'})
      await page.getByText('429', {exact: true}).waitFor()
      expect(await overflow()).to.equal(0)
      const outside = await page.evaluate(`
        [...document.querySelectorAll('.card')].flatMap((card) => {
          const edge = card.getBoundingClientRect().right
          return [...card.querySelectorAll('*')]
            .filter((one) => one.getClientRects().length && one.getBoundingClientRect().right > edge + 1)
            .map(({outerHTML}) => outerHTML.slice(0, 200))
        })`)
      expect(outside).to.deep.equal([])
    })
  }

  const overflow = () => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

  async function violations(): Promise<string[]> {
    await page.evaluate(await readFile(axe, 'utf8'))
    const found = await page.evaluate(`axe.run().then(({violations}) => violations)`)
    return (found as {id: string; nodes: {html: string; failureSummary: string}[]}[]).flatMap(({id, nodes}) =>
      nodes.map(({html, failureSummary}) => `${id}: ${html}: ${failureSummary}`),
    )
  }

  it('says what to type, and copies it', async () => {
    await open()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const line = `llamactl auth env add ${controlPlane.url}`
    await page.getByRole('button', {name: `Copy: ${line}`}).click()
    await page.getByRole('status').getByText('Copied.').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(line)
  })

  it('is useful without scripts, and has no switch then', async () => {
    await open()
    const context = await browser.newContext({javaScriptEnabled: false})
    const still = await context.newPage()
    await begin()
    await still.goto(controlPlane.url)
    await still.getByText(`llamactl auth env add ${controlPlane.url}`).waitFor()
    await still.getByRole('link', {name: /^Approve/}).waitFor()
    await still.getByRole('cell', {name: 'Ada Lovelace'}).waitFor()
    expect(await still.getByRole('switch').count()).to.equal(0)
    await still.getByText('The switches need scripts; the API below works without.').waitFor()
    await context.close()
  })

  describe('by keyboard alone', () => {
    it('goes through everything in the order of the page, with a visible focus', async () => {
      await open()
      await begin()
      await page.getByRole('link', {name: /^Approve/}).waitFor()
      const stops: string[] = []
      for (;;) {
        await page.keyboard.press('Tab')
        const stop = (await page.evaluate(`(() => {
          const one = document.activeElement
          if (one === document.body) return ''
          const {outlineStyle, outlineWidth} = getComputedStyle(one)
          const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
          const name = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent
          return (isSeen ? '' : 'unseen ') + (one.dataset.fault ?? name.replace(/\\s+/g, ' ').trim())
        })()`)) as string
        if (stop === '' || stops.length > 100) break
        stops.push(stop)
      }

      const {user_code} = (await call(controlPlane.url, '/dev/state')).body.device_codes[0]
      const names = (await call(controlPlane.url, '/dev/faults')).body.map(({name}: {name: string}) => name)
      expect(stops.filter((stop) => stop.startsWith('unseen'))).to.deep.equal([])
      expect(stops.filter((stop) => names.includes(stop))).to.deep.equal(names)
      expect(stops.slice(0, 8)).to.deep.equal([
        ...['Skip to the content', 'Start', 'Device codes', 'Faults', 'Requests', 'Users', 'Projects', 'API keys'],
      ])
      expect(stops.slice(8, 13)).to.deep.equal([
        `Copy: llamactl auth env add ${controlPlane.url}`,
        'Copy: llamactl auth login',
        `Approve ${user_code}`,
        'All off',
        'every request',
      ])
      expect(stops.at(-1)).to.equal('Last requests, the newest first')
    })

    it('switches a fault on and off, which the next request meets, and keeps the focus', async () => {
      await open()
      expect(await me()).to.equal(200)
      await faultSwitch('API unavailable').focus()
      await page.keyboard.press('Space')
      await page.locator('[data-fault=unavailable][aria-checked=true]').waitFor()
      expect(await me()).to.equal(503)
      await page.locator('[data-key=unavailable]').getByText('1 hit').waitFor()
      expect(await page.evaluate('document.activeElement.dataset.fault')).to.equal('unavailable')
      await page.keyboard.press('Enter')
      await page.locator('[data-fault=unavailable][aria-checked=false]').waitFor()
      expect(await me()).to.equal(200)
    })

    it('switches one on for the next request only, and it is off again by itself', async () => {
      await open()
      await page.getByRole('radio', {name: 'every request'}).focus()
      await page.keyboard.press('ArrowDown')
      await faultSwitch('Credentials refused').focus()
      await page.keyboard.press('Space')
      await page.locator('[data-fault=credentials-refused][aria-checked=true]').waitFor()
      expect([await me(), await me()]).to.deep.equal([401, 200])
      await page.locator('[data-fault=credentials-refused][aria-checked=false]').waitFor()
    })

    it('sets a number, also of a fault that is on', async () => {
      await open()
      const input = page.getByRole('spinbutton', {name: /^Rate limited/})
      const retryAfter = async () => (await fetch(controlPlane.url + ME)).headers.get('retry-after')
      await input.focus()
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.type('9')
      await faultSwitch('Rate limited').focus()
      await page.keyboard.press('Space')
      await page.locator('[data-fault=rate-limited][aria-checked=true]').waitFor()
      expect(await retryAfter()).to.equal('9')
      await input.focus()
      await page.keyboard.type('0')
      const changed = page.waitForResponse((response) => response.request().method() === 'PUT')
      await page.keyboard.press('Tab')
      expect((await changed).status()).to.equal(200)
      expect(await retryAfter()).to.match(/^(90|09|0)$/)
    })

    it('ends all at once', async () => {
      await open()
      controlPlane.faults.turnOn('slow')
      controlPlane.faults.add({path: ME, status: 500, times: Infinity})
      await page.getByText('Added by a test or a script').waitFor()
      await page.getByRole('button', {name: 'All off'}).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('status').getByText('All faults are off.').waitFor()
      await page.getByText('All are off.').waitFor()
      expect(await page.getByText('Added by a test or a script').count()).to.equal(0)
      expect(await me()).to.equal(200)
    })
  })

  describe('live', () => {
    it('shows a login that somebody starts, once to those who hear it, and takes it away when it is approved', async () => {
      await open()
      await page.getByText('No login waits.').waitFor()
      const {user_code} = await begin()
      await page.getByText(user_code, {exact: true}).waitFor()
      await page.getByRole('status').getByText(`A login waits for approval: ${user_code}.`).waitFor()
      await page.getByText(/expires in \d+:\d\d/).waitFor()
      const opened = page.context().waitForEvent('page')
      await page.getByRole('link', {name: `Approve ${user_code}`}).click()
      const approval = await opened
      await approval.getByRole('button', {name: /match/}).click()
      await approval.getByRole('button', {name: /Grace/}).click()
      await approval.getByRole('button', {name: 'Allow'}).click()
      await approval.getByRole('heading', {name: /signed in/i}).waitFor()
      await page.getByText('No login waits.').waitFor()
    })

    it('shows requests as they come, keys that are made, and never a key', async () => {
      await open()
      const {body} = await call(controlPlane.url, '/api/v1/api-keys', {
        method: 'POST',
        bearer: controlPlane.seed.api_keys[0]!.secret,
        json: {name: 'made just now'},
      })
      const secret = body.redacted_api_key as string
      await page.getByRole('row', {name: /POST \/api\/v1\/api-keys API key 200/}).waitFor()
      const row = page.getByRole('row', {name: /made just now/})
      await row.getByText(`${secret.slice(0, 6)}****${secret.slice(-4)}`).waitFor()
      expect(await page.content()).not.to.include(secret)
    })

    it('says when the server has stopped, and goes on when it is back', async () => {
      await open()
      const port = Number(new URL(controlPlane.url).port)
      await controlPlane.close()
      await page.getByRole('alert').getByText('The server has stopped.').waitFor()
      await page.getByText('Stopped', {exact: true}).waitFor()
      await faultSwitch('Slow answers').press('Space')
      await page.getByRole('status').getByText('The server does not answer.').waitFor()
      expect(await faultSwitch('Slow answers').getAttribute('aria-checked')).to.equal('false')
      controlPlane = await startDevControlPlane({
        port,
        algorithm: 'ES256',
        seed: {users: [{email: 'new@example.com', password: 'x'}]},
      })
      await page.getByText('Live', {exact: true}).waitFor()
      await page.getByRole('alert').waitFor({state: 'hidden'})
      await page.getByRole('cell', {name: 'new@example.com'}).first().waitFor()
      await page.getByRole('status').getByText('The server is back.').waitFor()
    })

    it('leaves alone what a person opened, chose or typed', async () => {
      await open()
      await page.getByText('The same from a script').click()
      await page.getByRole('radio', {name: 'the next one only'}).check()
      const input = page.getByRole('spinbutton', {name: /^Slow answers/})
      await input.fill('123')
      await me()
      await page.getByRole('row', {name: /auth\/me/}).waitFor()
      expect(await page.getByText('curl -X DELETE').isVisible()).to.equal(true)
      expect(await page.getByRole('radio', {name: 'the next one only'}).isChecked()).to.equal(true)
      expect(await input.inputValue()).to.equal('123')
    })
  })

  it('shows what others chose as text, before and after a change', async () => {
    await open({
      seed: {
        organizations: [{org_id: 'org-1', org_name: HOSTILE}],
        projects: [{project_id: HOSTILE, project_name: HOSTILE}],
        users: [{email: 'mallory@example.com', password: 'x', name: HOSTILE}],
        api_keys: [{user: 'mallory@example.com', secret: 'llx-canary-of-this-test-1234', name: HOSTILE}],
      },
    })
    const bearer = 'llx-canary-of-this-test-1234'
    await call(controlPlane.url, '/api/v1/api-keys', {method: 'POST', bearer, json: {name: `later ${HOSTILE}`}})
    await call(controlPlane.url, `/api/v1/${HOSTILE}?${HOSTILE}=1`, {bearer})

    await page.getByText(`later ${HOSTILE}`).waitFor()
    expect(await page.getByText(HOSTILE).count()).to.be.greaterThan(6)
    expect(await page.title()).to.equal('Dev control plane')
    expect(await page.locator('main script, main img').count()).to.equal(0)
    expect(complaints).to.deep.equal([])
  })

  it('is shown without auth too: no people, no logins, no keys', async () => {
    await open({requiresAuth: false, seed: {projects: [{project_id: 'prj-open'}]}})
    await page.getByText('No login is needed here').waitFor()
    expect(await page.getByRole('heading', {level: 2}).allInnerTexts()).to.deep.equal([
      'Start here',
      'Faults',
      'Last requests',
      'Organizations and projects 1',
    ])
    expect(await violations()).to.deep.equal([])
  })

  it('lets no page of another origin switch a fault', async () => {
    await open()
    await using elsewhere = await startDevControlPlane({algorithm: 'ES256'})
    await page.goto(elsewhere.url)
    const attempt = `fetch('${controlPlane.url}/dev/faults/slow', {method: 'PUT', mode: 'no-cors', body: '{}'}).then(String, String)`
    await page.evaluate(attempt)
    const form = `
      const form = document.createElement('form')
      Object.assign(form, {method: 'post', action: '${controlPlane.url}/dev/faults', enctype: 'text/plain'})
      document.body.append(form)
      form.submit()`
    await page.route(elsewhere.url, (route) =>
      route.fulfill({contentType: 'text/html', body: '<!doctype html><title>a page without a policy</title>'}),
    )
    await page.goto(elsewhere.url)
    expect(await page.evaluate(attempt.replace("'PUT'", "'POST'").replace('/slow', ''))).to.be.a('string')
    await page.evaluate(form)
    await page.waitForURL(`${controlPlane.url}/dev/faults`)
    expect(await page.innerText('body')).to.include('requests are refused')
    const {faults, added_faults: added} = (await call(controlPlane.url, '/dev/state')).body
    expect([faults.filter(({on}: {on: boolean}) => on), added]).to.deep.equal([[], []])
  })
})
