import {createApiKeyStore} from './api/api-key-store.js'
import {apiRoutes} from './api/api-routes.js'
import {
  createScriptedBrowser,
  type Approval,
  type ApprovalOptions,
  type DeviceAuthorization,
} from './browser/scripted-browser.js'
import {deviceAuthorizationOf} from './browser/device-authorization.js'
import type {DevControlPlane} from './dev-control-plane.js'
import {createDevPlane} from './dev/dev-plane.js'
import {createFaultList} from './faults/fault-list.js'
import {listen} from './http/listen.js'
import type {LoggedRequest} from './http/request-log.js'
import {createOpenIdProvider} from './oidc/open-id-provider.js'
import {resolveOptions, type DevControlPlaneOptions} from './options.js'
import {createRequestListener} from './request-listener.js'

const CLIENT_ID = 'llamactl-cli'

/**
 * Starts a control plane on 127.0.0.1, with an OpenID provider below `/oidc`. All of it is in memory.
 *
 * @throws Error with a sentence for the person: the port is in use or refused, an option or the seed is wrong.
 */
export async function startDevControlPlane(options: DevControlPlaneOptions = {}): Promise<DevControlPlane> {
  const settings = resolveOptions(options)
  const {seed} = settings
  const {server, port} = await listen(settings.port)
  const url = `http://127.0.0.1:${port}`
  const closing = new AbortController()

  async function close(): Promise<void> {
    closing.abort()
    if (!server.listening) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  try {
    const provider = settings.browserLogin
      ? createOpenIdProvider({...settings, origin: url, clientId: CLIENT_ID, users: seed.users, onError: report})
      : undefined
    const apiKeys = createApiKeyStore()
    for (const {user, secret, name, project_id} of seed.api_keys) {
      apiKeys.add({name, userId: userIdOf(user), projectId: project_id}, secret)
    }

    const requests: LoggedRequest[] = []
    const faults = createFaultList()
    for (const name of settings.faults) faults.turnOn(name)
    const approve = async (target: string | DeviceAuthorization, approval: ApprovalOptions = {}): Promise<Approval> => {
      if (!provider) throw new Error('This control plane has no browser login')
      return createScriptedBrowser().approve(deviceAuthorizationOf(target, provider.issuer), approval)
    }

    const routes = apiRoutes({settings, provider, apiKeys})
    const dev = createDevPlane({
      url,
      issuer: provider?.issuer ?? null,
      requiresAuth: settings.requiresAuth,
      seed,
      apiKeys,
      faults,
      requests,
      approve,
      pendingDeviceCodes: () => provider?.pendingDeviceCodes() ?? [],
    })
    server.on(
      'request',
      createRequestListener({
        port,
        dev,
        routes,
        provider,
        faults,
        requests,
        users: seed.users,
        apiKeys,
        closing: closing.signal,
        onError: report,
      }),
    )

    return {
      url,
      issuer: provider?.issuer ?? null,
      clientId: CLIENT_ID,
      seed,
      requests,
      faults,
      apiKeys: () =>
        apiKeys.list().map(({id, name, userId, redacted}) => ({id, name, user: emailOf(userId), redacted})),
      approve,
      async approveRequest(target, approval: ApprovalOptions = {}) {
        const browser = createScriptedBrowser()
        return browser.signIn(await browser.open(target), approval)
      },
      async rotateKeys() {
        if (!provider) throw new Error('This control plane has no browser login')
        await provider.rotateKeys()
      },
      snapshot() {
        const backs = [apiKeys.snapshot(), provider?.snapshot()]
        return () => {
          for (const goBack of backs) goBack?.()
        }
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }

  function userIdOf(email: string): string {
    return seed.users.find((user) => user.email === email)?.id ?? ''
  }

  function emailOf(userId: string): string {
    return seed.users.find(({id}) => id === userId)?.email ?? ''
  }
}

function report({name, message}: Error): void {
  console.error(`dev control plane: ${name}: ${message}`)
}
