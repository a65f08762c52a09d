import type {AuthChange} from './public/auth-change.js'
import type {AuditSubject} from './audit-trail.js'
import {type AuthError, withWayOut} from './errors.js'
import {logOut, type LogOutPorts} from './login/log-out.js'
import {endedItems, type LogoutView, viewLogout} from './output/logout-view.js'
import type {Profile} from './profiles/profile.js'
import {withProgress} from './progress.js'

/**
 * Ends logins one after the other, and tells what became of each item. One that cannot be ended keeps no other from it:
 * the failure with the highest exit code is thrown at the end. `views` fills on the way, for whoever fails midway.
 */
export async function logOutEach(
  services: Omit<LogOutPorts, 'checkpoint' | 'warn'>,
  {apiUrl, profiles, force, views}: {apiUrl: string; profiles: Profile[]; force: boolean; views: LogoutView[]},
  {
    log,
    warn,
    checkpoint,
    note,
    changed,
  }: Pick<LogOutPorts, 'checkpoint' | 'warn'> & {
    log(text: string): void
    note(login: AuditSubject): void
    changed(change: AuthChange): void
  },
): Promise<void> {
  const failures: AuthError[] = []
  for (const profile of profiles) {
    const ended = logOut({...services, warn, checkpoint}, {apiUrl, profile, force})
    const removed = await withProgress(`Logging out ${profile.name}`, ended)
    views.push(viewLogout(removed, apiUrl))
    note({apiUrl, profile: profile.name, result: removed.failure?.code ?? 'done'})
    if (removed.deleted) changed({change: 'logout', apiUrl, profile: profile.name})
    if (removed.deleted) log(`Logged out ${profile.name} from ${apiUrl}.`)
    for (const item of endedItems(removed)) log(item)
    for (const warning of removed.warnings) warn(warning)
    if (removed.failure) failures.push(removed.failure)
  }

  const [worst, ...others] = failures.sort((a, b) => b.exitCode - a.exitCode)
  for (const failure of others) warn(withWayOut(failure))
  if (worst) throw worst
}
