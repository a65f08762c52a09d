export {startDevControlPlane} from './start-dev-control-plane.js'
export type {ApiKeySummary, DevControlPlane} from './dev-control-plane.js'
export type {DevControlPlaneOptions} from './options.js'
export type {SigningAlgorithm} from './oidc/signing-key.js'
export type {EmailIn} from './oidc/user-claims.js'

export type {Fault} from './faults/fault.js'
export type {FaultHandle, Faults, TurnOn} from './faults/faults.js'
export {namedFaults} from './faults/named-faults.js'
export type {FaultName, FaultValue, NamedFault} from './faults/named-faults.js'
export type {BearerKind, LoggedRequest} from './http/request-log.js'

export {createScriptedBrowser} from './browser/scripted-browser.js'
export type {
  Approval,
  ApprovalOptions,
  BrowserPage,
  DeviceAuthorization,
  ScriptedBrowser,
} from './browser/scripted-browser.js'

export {defaultSeed} from './seed/default-seed.js'
export {loadSeed} from './seed/load-seed.js'
export {parseSeed} from './seed/parse-seed.js'
export type {Seed, SeedApiKey, SeedInput, SeedOrganization, SeedProject, SeedUser} from './seed/seed.js'
