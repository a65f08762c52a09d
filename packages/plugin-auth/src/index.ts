/**
 * What other plugins build on. The exports of this file and of `./testing` are promises; everything else in the package may
 * change.
 *
 * @packageDocumentation
 */
export type {AuthChange, AuthChangedHook, AuthChangeKind, AuthHooks} from './public/auth-change.js'
export type {Organization, Project, ServerVersion, User} from './control-plane/replies.js'
export {AuthError, type AuthErrorCode, EXIT_CODES, isAuthError, suggest, type Suggestion} from './errors.js'
export type {Choice, Prompter} from './prompts/prompter.js'
export {AuthCommand, type CommandArgs, type CommandFlags} from './public/auth-command.js'
export {connect, requireCredential, resolveIdentity} from './public/connect.js'
export type {AuthFetch, Connection, ControlPlaneClient, RequestOptions} from './public/connection.js'
export type {AccessToken, ChosenIdentity, Credential, Identity} from './public/identity.js'
export {Secret} from './secret.js'
export {cleanText} from './untrusted/clean-text.js'
