import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {type Browser, chromium, type Page} from 'playwright-core'
import {findTool, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {ada, grace} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Running, type Sandbox} from '../support/sandbox.js'

describe('the device flow in a real browser', () => {
  requireTools('chromium')

  let browser: Browser
  let plane: DevControlPlane
  let sandbox: Sandbox
  let page: Page
  let strangers: string[]

  before(async () => {
    const executablePath = findTool('chromium') as string
    const quiet = ['background-networking', 'component-update', 'sync', 'quic', 'gpu', 'default-apps']
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--no-first-run', '--no-proxy-server', ...quiet.map((name) => `--disable-${name}`)],
    })
  })
  after(() => browser?.close())
  beforeEach(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
    page = await (await browser.newContext()).newPage()
    strangers = []
    page.on('request', (request) => {
      if (!request.url().startsWith(plane.url)) strangers.push(request.url())
    })
  })
  afterEach(async () => {
    await page.context().close()
    sandbox.remove()
    await plane.close()
    expect(strangers, 'the pages ask nobody else').to.deep.equal([])
  })

  async function codeOf(login: Running): Promise<{uri: string; code: string}> {
    const [, uri = '', code = ''] = await login.stderrShows(/\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/)
    return {uri, code}
  }

  async function signIn(user: string, password: string): Promise<void> {
    await page.getByLabel('Email').fill(user)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', {name: 'Sign in', exact: true}).click()
  }

  it('is approved by a person who opens the link, compares the code, signs in and allows (login case 1)', async () => {
    const login = sandbox.start(['auth', 'login', '--json'])
    const {uri, code} = await codeOf(login)
    await page.goto(`${uri}?user_code=${code}`)
    await page.getByText(code).waitFor()
    await page.getByRole('button', {name: /match/}).click()
    await signIn(grace.email, 'grace')
    await page.getByRole('button', {name: 'Allow'}).click()
    await page.getByRole('heading', {name: /signed in/i}).waitFor()
    expect((await login.finished).json()).to.include({name: grace.email, project_id: grace.project})
  })

  it('is approved by a person who types the code in lower case with a space (login case 2)', async () => {
    const login = sandbox.start(['auth', 'login', '--project-id', ada.projects[0] as string, '--json'])
    const {uri, code} = await codeOf(login)
    await page.goto(uri)
    await page.getByLabel(/code/i).fill(code.toLowerCase().replace('-', ' '))
    await page.getByRole('button', {name: 'Continue'}).click()
    await page.getByRole('button', {name: /match/}).click()
    await signIn(ada.email, 'wrong')
    await page.getByRole('alert').waitFor()
    await signIn(ada.email, 'ada')
    await page.getByRole('button', {name: 'Allow'}).click()
    await page.getByRole('heading', {name: /signed in/i}).waitFor()
    expect((await login.finished).json()).to.include({name: ada.email})
  })

  it('is not needed with --web: the person signs in and allows, and the browser is sent back to the terminal', async () => {
    const login = sandbox.start(['auth', 'login', '--web', '--json'])
    const [, uri = ''] = await login.stderrShows(/\n {4}(http\S+)\n/)
    await page.goto(uri)
    await signIn(grace.email, 'grace')
    await page.getByRole('button', {name: 'Allow'}).click()
    await page.getByRole('heading', {name: 'Back to the terminal'}).waitFor()
    expect((await login.finished).json()).to.include({name: grace.email, project_id: grace.project})
    const redirect = new URL(uri).searchParams.get('redirect_uri') as string
    strangers = strangers.filter((url) => !url.startsWith(`${redirect}?`))
  })

  it('is denied by a person who does not recognise the code (login case 10)', async () => {
    const login = sandbox.start(['auth', 'login', '--json'])
    const {uri, code} = await codeOf(login)
    await page.goto(`${uri}?user_code=${code}`)
    await page.getByRole('button', {name: 'Cancel'}).click()
    const result = await login.finished
    expect(result.exitCode).to.equal(1)
    expect(result.json()).to.have.nested.property('error.code', 'LOGIN_DENIED')
  })
})
