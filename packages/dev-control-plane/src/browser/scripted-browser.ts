import {createCookieJar} from './cookie-jar.js'
import {attributeOf, parseForms, readableText, textOf, type HtmlForm} from './html-forms.js'

/** The members of RFC 8628's device authorization response that the person sees. */
export interface DeviceAuthorization {
  verification_uri: string
  verification_uri_complete?: string | undefined
  user_code: string
}

export interface ApprovalOptions {
  /** E-mail of the dev user to sign in as. Default: the first one the page offers. */
  user?: string
  /** Typed in when given; else the user's button is pressed. */
  password?: string
  /** `cancel`: when asked for the code; `deny`: when asked for consent. Default `allow`. */
  decision?: 'allow' | 'deny' | 'cancel'
}

export interface Approval {
  outcome: 'allowed' | 'denied' | 'cancelled'
}

/** A page as it arrived, after redirects. */
export interface BrowserPage {
  readonly url: URL
  readonly status: number
  readonly markup: string
  /** Our pages' `data-page`; empty on any other. */
  readonly name: string
}

/** A small browser without a screen: cookies, redirects, forms. No scripts. */
export interface ScriptedBrowser {
  open(url: string | URL): Promise<BrowserPage>
  /** Submits the form that has all the named fields or buttons. */
  submit(page: BrowserPage, values?: Readonly<Record<string, string>>): Promise<BrowserPage>
  /** The person's part of the device flow (RFC 8628 section 3.3), from the link or the code to the last page. */
  approve(authorization: DeviceAuthorization, options?: ApprovalOptions): Promise<Approval>
  /** The person's part of an authorization request: sign in, consent. Returns the page it ends on. */
  signIn(page: BrowserPage, options?: ApprovalOptions): Promise<BrowserPage>
}

const MAX_REDIRECTS = 15

/** A new browser without cookies: nobody is signed in. */
export function createScriptedBrowser(): ScriptedBrowser {
  const jar = createCookieJar()

  async function visit(target: string | URL, form?: URLSearchParams): Promise<BrowserPage> {
    let url = new URL(target)
    let body = form
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const cookie = jar.headerFor(url)
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual',
        headers: {accept: 'text/html,*/*;q=0.8', ...(cookie === undefined ? {} : {cookie})},
        ...(body ? {body} : {}),
      })
      jar.keep(url, response.headers.getSetCookie())
      const markup = await response.text()
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || location === null) {
        return {url, status: response.status, markup, name: attributeOf(markup, 'data-page') ?? ''}
      }

      url = new URL(location, url)
      body = undefined
    }

    throw new Error(`Too many redirects from ${new URL(target).pathname}`)
  }

  async function submit(page: BrowserPage, values: Readonly<Record<string, string>> = {}): Promise<BrowserPage> {
    const form = parseForms(page.markup).find((candidate) => Object.keys(values).every((name) => has(candidate, name)))
    if (!form) throw unexpected(page, `a form with ${Object.keys(values).join(', ') || 'anything'}`)
    return visit(new URL(form.action, page.url), new URLSearchParams({...form.fields, ...values}))
  }

  async function openConfirmation(authorization: DeviceAuthorization): Promise<BrowserPage> {
    const {verification_uri, verification_uri_complete, user_code} = authorization
    const first = await visit(verification_uri_complete ?? verification_uri)
    const page = await submit(first, first.name === 'forward' ? {} : {user_code})
    if (page.name !== 'confirm') throw unexpected(page, 'the confirmation page')
    const shown = textOf(page.markup, 'data-user-code')
    if (shown === undefined || lettersOf(shown) !== lettersOf(user_code)) {
      throw unexpected(page, `the code ${user_code}`)
    }

    return page
  }

  async function signIn(page: BrowserPage, {user, password, decision = 'allow'}: ApprovalOptions = {}) {
    let current = page
    if (current.name === 'sign-in') {
      const account = user ?? firstAccount(current)
      if (account === undefined) throw unexpected(current, 'a user to sign in as')
      current = await submit(
        current,
        password === undefined ? {account} : {email: account, password, decision: 'sign-in'},
      )
      if (current.name === 'sign-in') throw unexpected(current, `to be signed in as ${account}`)
    }

    if (current.name === 'consent') current = await submit(current, {decision: decision === 'allow' ? 'allow' : 'deny'})
    return current
  }

  return {
    open: visit,
    submit,
    signIn,

    async approve(authorization, options = {}) {
      const confirmation = await openConfirmation(authorization)
      if (options.decision === 'cancel') {
        const page = await submit(confirmation, {abort: 'yes'})
        if (page.name !== 'cancelled') throw unexpected(page, 'to be cancelled')
        return {outcome: 'cancelled'}
      }

      const page = await signIn(await submit(confirmation), options)
      const isDenied = options.decision === 'deny'
      if (page.name !== (isDenied ? 'cancelled' : 'success')) throw unexpected(page, isDenied ? 'a denial' : 'success')
      return {outcome: isDenied ? 'denied' : 'allowed'}
    },
  }
}

const has = ({fields, buttons}: HtmlForm, name: string): boolean =>
  Object.hasOwn(fields, name) || buttons.some((button) => button.name === name)

const firstAccount = ({markup}: BrowserPage): string | undefined =>
  parseForms(markup)
    .flatMap(({buttons}) => buttons)
    .find(({name}) => name === 'account')?.value

const lettersOf = (code: string): string => code.replace(/\W/g, '').toUpperCase()

const unexpected = ({url, status, markup}: BrowserPage, expected: string): Error =>
  new Error(`Expected ${expected} at ${url.pathname}, got HTTP ${status}: ${readableText(markup).slice(0, 200)}`)
