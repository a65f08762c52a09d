import type {DeviceAuthorization} from './oidc/index.js'
import {deviceCodeNotice} from './output/device-code-notice.js'
import {webLoginNotice} from './output/web-login-notice.js'
import {isAccessible, startCountdown} from './progress.js'
import type {AuthServices} from './services.js'

export interface LoginScreen {
  services: Pick<AuthServices, 'copyText' | 'listenForKeys' | 'openBrowser' | 'prompter' | 'whyNoBrowser'>
  /** To the person. */
  say(text: string): void
  apiUrl: string
  /** Of the provider: the page is opened by itself only on its host, or on that of the control plane. */
  issuer: string
  noBrowser: boolean
  qr: boolean
}

/** Shows page and code, opens the one and offers to copy the other, and counts down until it is stopped. */
export async function showLogin(screen: LoginScreen, authorization: DeviceAuthorization): Promise<{stop(): void}> {
  const {services, say} = screen
  const {verification_uri: plain, verification_uri_complete: complete = plain, user_code: code} = authorization
  // A page on a host that nobody expects gets no code by itself.
  const page = new URL(isExpected(screen, new URL(plain)) ? complete : plain)
  const {isOpened, canOpen} = await openPage(screen, page)
  say(deviceCodeNotice(authorization, {isOpened}))

  const showQr = async (): Promise<void> => say(await qrOf(page))
  if (screen.qr) await showQr()

  const copy = async (): Promise<void> => say(COPIED[await services.copyText(code)])

  return startWaiting(screen, {
    what: 'Waiting for your approval',
    seconds: authorization.expires_in,
    hint: `Press c to copy the code, ${canOpen ? 'o to open the page, ' : ''}q for a QR code of the page, Ctrl-C to give up.\n`,
    keys: {c: copy, ...(canOpen && {o: () => openAgain(screen, page)}), q: showQr},
  })
}

/** The same for a login by a browser on this machine: no code to compare, and no other machine to open the page on. */
export async function showWebLogin(
  screen: Omit<LoginScreen, 'qr'> & {otherWay: string},
  page: URL,
  secondsLeft: number,
): Promise<{stop(): void}> {
  const {say, otherWay} = screen
  const {isOpened, canOpen} = await openPage(screen, page)
  say(webLoginNotice(page, {isOpened, otherWay}))
  return startWaiting(screen, {
    what: 'Waiting for the browser',
    seconds: secondsLeft,
    hint: 'Press o to open the page, Ctrl-C to give up.\n',
    keys: canOpen ? {o: () => openAgain(screen, page)} : {},
  })
}

/** Counts down, and listens for the keys there are where somebody could press one. */
async function startWaiting(
  {services, say}: PageScreen,
  {what, seconds, hint, keys}: {what: string; seconds: number; hint: string; keys: Keys},
): Promise<{stop(): void}> {
  let stopListening = (): void => undefined
  if (services.prompter.interactive && Object.keys(keys).length > 0) {
    say(hint)
    stopListening = await services.listenForKeys(keys)
  }

  const countdown = startCountdown(what, seconds)
  return {
    stop() {
      stopListening()
      countdown.stop()
    },
  }
}

type Keys = Parameters<LoginScreen['services']['listenForKeys']>[0]

type PageScreen = Omit<LoginScreen, 'qr'>

function isExpected({apiUrl, issuer}: PageScreen, {hostname}: URL): boolean {
  return [apiUrl, issuer].some((url) => new URL(url).hostname === hostname)
}

/** Says whose page it is, and opens it where that is wanted and possible. */
async function openPage(screen: PageScreen, page: URL): Promise<{isOpened: boolean; canOpen: boolean}> {
  const {services, say, noBrowser} = screen
  const {host, hostname} = page
  const api = new URL(screen.apiUrl)
  const reason = await services.whyNoBrowser()
  const canOpen = !reason
  if (!isExpected(screen, page)) {
    say(`The page is on ${host}: open it yourself if you know that host.\n`)
    return {isOpened: false, canOpen}
  }

  if (hostname !== api.hostname) say(`The page is on ${host}, the identity provider of ${api.host}.\n`)
  if (noBrowser) return {isOpened: false, canOpen}
  if (reason) say(`No browser is opened, because ${reason}.\n`)
  return {isOpened: canOpen && (await services.openBrowser(page)), canOpen}
}

async function openAgain({services, say}: PageScreen, page: URL): Promise<void> {
  if (!(await services.openBrowser(page))) say('No browser could be started. Open the page yourself.')
}

const COPIED = {
  copied: 'The code is in the clipboard.',
  sent: 'The terminal was asked to copy the code; not every terminal does.',
  refused: 'This code cannot be copied. Type it in.',
}

/** An empty NO_COLOR counts as unset, as every empty variable; Node 20 takes it for set. */
function hasColours(): boolean {
  const {NO_COLOR, ...env} = process.env
  // Undefined where it is no terminal, whatever its type says.
  return Boolean(process.stderr.isTTY) && !NO_COLOR && !isAccessible() && process.stderr.hasColors(env)
}

async function qrOf(page: URL): Promise<string> {
  const {qrCode} = await import('./output/qr-code.js')
  const {columns = 80} = process.stderr
  const drawn = await qrCode(page.href, {columns, hasColours: hasColours()})
  return drawn === undefined ? `The QR code needs a wider terminal than ${columns} columns.` : `${drawn}\n`
}
