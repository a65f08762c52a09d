import {createHash} from 'node:crypto'
import {request} from 'node:http'

import {expect} from 'chai'
import * as oidc from 'openid-client'

import {createScriptedBrowser, startDevControlPlane, type DevControlPlane} from '../src/index.js'
import {discover, SCOPE} from './oidc-client.js'

interface SentPage {
  status: number
  headers: Headers
  markup: string
}

describe('pages', () => {
  let controlPlane: DevControlPlane
  let config: oidc.Configuration
  let sent: SentPage[]
  const {fetch} = globalThis

  const begin = (): Promise<oidc.DeviceAuthorizationResponse> =>
    oidc.initiateDeviceAuthorization(config, {scope: SCOPE})

  before(async () => {
    const seed = {users: [{email: 'mallory@example.com', password: '"><script>', name: '<img src=x onerror=alert(1)>'}]}
    controlPlane = await startDevControlPlane({algorithm: 'ES256', seed})
    config = await discover(controlPlane)
  })
  after(() => controlPlane.close())

  beforeEach(() => {
    sent = []
    globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init)
      const {status, headers} = response
      const isRedirect = status >= 300 && status < 400
      if (!isRedirect && headers.get('content-type')?.startsWith('text/html')) {
        sent.push({status, headers, markup: await response.clone().text()})
      }

      return response
    }
  })
  afterEach(() => {
    globalThis.fetch = fetch
  })

  async function visitEveryPage(): Promise<string[]> {
    const browser = createScriptedBrowser()
    await browser.open(controlPlane.url)
    await browser.open(`${controlPlane.issuer}/device?user_code=`)
    await browser.open(`${controlPlane.issuer}/interaction/none`)
    await browser.open(`${controlPlane.issuer}/auth`)
    await browser.approve(await begin(), {decision: 'cancel'})
    await browser.approve(await begin())
    return sent.map(({markup}) => /data-page="([^"]*)"/.exec(markup)?.[1] ?? 'a page that is not ours')
  }

  it('are all ours', async () => {
    expect(new Set(await visitEveryPage())).to.deep.equal(
      new Set(['home', 'code-entry', 'error', 'forward', 'confirm', 'cancelled', 'sign-in', 'consent', 'success']),
    )
  })

  it('load nothing from anywhere, and say so in a strict policy', async () => {
    await visitEveryPage()
    for (const {headers, markup} of sent) {
      const policy = headers.get('content-security-policy')!
      expect(policy).to.include("default-src 'none'").and.include("frame-ancestors 'none'")
      expect(policy).not.to.include('unsafe')
      expect(headers.get('x-content-type-options')).to.equal('nosniff')
      expect(headers.get('cache-control')).to.equal('no-store')
      expect(markup).not.to.match(/\ssrcset="|@import|url\(|\son[a-z]+="/)
      for (const [, url] of markup.matchAll(/(?:href|action|src)="([^"]*)"/g)) {
        expect(url === 'data:,' || /^[/#](?!\/)/.test(url!) || url!.startsWith(controlPlane.url), url).to.equal(true)
      }
    }
  })

  it('have the hash of each inline style and script in their policy', async () => {
    await visitEveryPage()
    for (const {headers, markup} of sent) {
      for (const [, text] of markup.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)) {
        const hash = createHash('sha256').update(text!).digest('base64')
        expect(headers.get('content-security-policy')).to.include(`'sha256-${hash}'`)
      }
    }
  })

  it('have a language, a title, one heading, a label for each input and a button in each form', async () => {
    await visitEveryPage()
    for (const {markup} of sent) {
      expect(markup)
        .to.match(/^<!doctype html>/)
        .and.include('<html lang="en">')
        .and.include('name="viewport"')
      expect(markup).to.match(/<title>\S/)
      expect(markup.match(/<h1>/g)).to.have.lengthOf(1)
      const withoutLabels = markup.replace(/<label\b[\s\S]*?<\/label\s*>/g, '')
      expect(withoutLabels).not.to.match(/<input(?! type="hidden")/)
      for (const [form] of markup.matchAll(/<form[\s\S]*?<\/form>/g)) expect(form).to.include('<button type="submit"')
    }
  })

  it('show what the confirmation is about', async () => {
    const authorization = await begin()
    const browser = createScriptedBrowser()
    const confirmation = await browser.submit(await browser.open(authorization.verification_uri_complete!))
    expect(confirmation.markup)
      .to.include(`>${authorization.user_code}<`)
      .and.include('llamactl')
      .and.include('127.0.0.1')
      .and.include('If you did not start this, cancel.')
  })

  it('escape what users and strangers write', async () => {
    const evil = `"><script>alert(1)</script>`
    const browser = createScriptedBrowser()
    const linked = await browser.open(`${controlPlane.issuer}/device?user_code=${encodeURIComponent(evil)}`)
    const entry = await browser.open(`${controlPlane.issuer}/device`)
    await browser.submit(entry, {user_code: evil})
    await browser.submit(linked)
    await browser.open(`${controlPlane.issuer}/auth?client_id=${encodeURIComponent(evil)}&error_description=${evil}`)
    await browser.open(`${controlPlane.issuer}/interaction/${encodeURIComponent(evil)}`)
    await visitEveryPage()
    expect(sent.length).to.be.greaterThan(15)
    for (const {markup} of sent) expect(markup).not.to.match(/<script>alert|<img|"><script/)
  })

  it('keep the session in signed cookies that scripts and other sites cannot use', async () => {
    const {verification_uri_complete: link} = await begin()
    const cookies = (await fetch(link!)).headers.getSetCookie()
    expect(cookies.some((cookie) => cookie.includes('.sig='))).to.equal(true)
    for (const cookie of cookies)
      expect(cookie)
        .to.match(/httponly/i)
        .and.match(/samesite=lax/i)
  })

  it('refuse a form that lacks the token of its page', async () => {
    const {user_code: userCode, verification_uri: uri} = await begin()
    const body = new URLSearchParams({user_code: userCode, confirm: 'yes', xsrf: 'guessed'})
    const response = await fetch(uri, {method: 'POST', body})
    expect(response.status).to.equal(400)
    expect(await response.text()).to.include('belongs to no session')

    const browser = createScriptedBrowser()
    const page = await browser.open(uri)
    const again = await browser.submit(page, {user_code: userCode, xsrf: 'guessed'})
    expect(again.name).to.equal('code-entry')
    expect(again.markup).to.include('That did not work.')
  })

  it('refuse forms from other sites', async () => {
    for (const [site, status] of [
      ['cross-site', 403],
      ['same-site', 403],
      ['same-origin', 400],
    ] as const) {
      const response = await fetch(`${controlPlane.issuer}/interaction/x`, {
        method: 'POST',
        headers: {'sec-fetch-site': site},
        body: new URLSearchParams({decision: 'allow'}),
      })
      expect(response.status, site).to.equal(status)
    }
  })

  it('are on this machine only: any other Host gets 421 (login case 100)', async () => {
    const {port} = new URL(controlPlane.url)
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({host: '127.0.0.1', port, path: '/oidc/device', headers: {host}}, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
          .on('error', reject)
          .end()
      })
    expect(await statusFor(`127.0.0.1:${port}`)).to.equal(200)
    expect(await statusFor(`localhost:${port}`)).to.equal(200)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1:1', `127.0.0.1.evil.example:${port}`]) {
      expect(await statusFor(host), host).to.equal(421)
    }
  })
})
