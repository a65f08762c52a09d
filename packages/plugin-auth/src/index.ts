/**
 * What other plugins build on. The exports of this file are promises; everything else in the package may change.
 */
export {BaseCommand as AuthCommand, type CommandArgs, type CommandFlags} from './base-command.js'
export type {ControlPlaneClient} from './control-plane/control-plane-client.js'
export type {Organization, Project, User} from './control-plane/replies.js'
export type {Environment} from './environments/environment.js'
export {AuthError, type AuthErrorCode, EXIT_CODES, isAuthError, suggest, type Suggestion} from './errors.js'
export type {Profile} from './profiles/profile.js'
export {Secret} from './secret.js'
