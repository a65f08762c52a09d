import type {KoaContextWithOIDC} from 'oidc-provider'

// A client that waits exactly `interval` may arrive a little early by our clock.
const TOLERANCE_MS = 100

/** What oidc-provider leaves out of RFC 8628: `interval` (section 3.2) and `slow_down` (section 3.5). */
export function createDevicePolling(interval: number) {
  const polls = new Map<string, {at: number; interval: number}>()

  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    const route = ctx.oidc?.route
    if (route === 'device_authorization' && ctx.status === 200) {
      ctx.body = {...(ctx.body as object), interval}
    }

    const deviceCode = route === 'token' ? ctx.oidc.params?.['device_code'] : undefined
    if (typeof deviceCode !== 'string') return
    if ((ctx.body as {error?: string}).error !== 'authorization_pending') {
      polls.delete(deviceCode)
      return
    }

    const now = Date.now()
    const before = polls.get(deviceCode)
    const isTooFast = before !== undefined && now - before.at < before.interval * 1000 - TOLERANCE_MS
    polls.set(deviceCode, {at: now, interval: (before?.interval ?? interval) + (isTooFast ? 5 : 0)})
    if (isTooFast) ctx.body = {error: 'slow_down', error_description: 'polling too fast'}
  }
}
