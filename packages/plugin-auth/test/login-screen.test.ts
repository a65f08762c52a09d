import {expect} from 'chai'
import {type LoginScreen, showLogin} from '../src/login-screen.js'
import type {DeviceAuthorization} from '../src/oidc/index.js'
import {Secret} from '../src/secret.js'
import {nonInteractivePrompter} from '../src/testing/index.js'

describe('what a person sees of a login', () => {
  const authorization: DeviceAuthorization = {
    device_code: new Secret('device-code-s3cret'),
    user_code: 'ABCD-EFGH',
    verification_uri: 'https://login.example.com/activate',
    verification_uri_complete: 'https://login.example.com/activate?user_code=ABCD-EFGH',
    expires_in: 600,
    interval: 1,
  }

  /** What was said, and which pages a browser was asked to open. */
  async function show(
    changes: Partial<DeviceAuthorization> = {},
    {
      services = {},
      ...screen
    }: Partial<Omit<LoginScreen, 'services'>> & {services?: Partial<LoginScreen['services']>} = {},
  ): Promise<{said: string; opened: string[]}> {
    const [said, opened]: [string[], string[]] = [[], []]
    const shown = await showLogin(
      {
        services: {
          prompter: nonInteractivePrompter(),
          whyNoBrowser: async () => undefined,
          openBrowser: async (url) => opened.push(url.href) > 0,
          copyText: async () => 'copied',
          listenForKeys: async () => () => undefined,
          ...services,
        },
        say: (text) => said.push(text),
        apiUrl: 'https://api.example.com',
        issuer: 'https://login.example.com',
        noBrowser: false,
        qr: false,
        ...screen,
      },
      {...authorization, ...changes},
    )
    shown.stop()
    return {said: said.join('\n'), opened}
  }

  it('is the page with the code in it, opened on the host of the provider', async () => {
    const {said, opened} = await show()
    expect(opened).to.deep.equal([authorization.verification_uri_complete])
    expect(said).to.include('The page is on login.example.com, the identity provider of api.example.com.')
    expect(said).to.include('Your browser has been opened').and.include('ABCD-EFGH')
  })

  it('is the page without the code where no page with it was given (login case 42)', async () => {
    const {opened} = await show({verification_uri_complete: undefined})
    expect(opened).to.deep.equal(['https://login.example.com/activate'])
  })

  it('is the host of a page that is neither the provider nor the server, which is not opened (login case 43)', async () => {
    for (const host of ['evil.example', 'login.example.com.evil.example', 'example.com']) {
      const page = `https://${host}/activate`
      const {said, opened} = await show({
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=ABCD-EFGH`,
      })
      expect(opened, host).to.deep.equal([])
      expect(said).to.include(`The page is on ${host}: open it yourself if you know that host.`)
      expect(said).to.include('Open this page in any browser').and.not.include('user_code=')
    }
  })

  it('is what to open where there is no browser, and why (login case 49)', async () => {
    const {said, opened} = await show({}, {services: {whyNoBrowser: async () => 'this is CI'}})
    expect(opened).to.deep.equal([])
    expect(said).to.include('No browser is opened, because this is CI.')
    expect(said).to.include('Open this page in any browser').and.include(authorization.verification_uri)
  })

  it('is what to open where no browser could be started, and the login goes on (login case 50)', async () => {
    const {said} = await show({}, {services: {openBrowser: async () => false}})
    expect(said).to.include('Open this page in any browser').and.include('ABCD-EFGH')
  })
})
