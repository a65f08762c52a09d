import type {Config} from '@oclif/core'
import type {AuthServices} from '../services.js'

/** On the configuration itself: a loader of TypeScript may have this module twice. */
const STAND_INS = Symbol.for('@llamactl/plugin-auth: services of a test')

type Replaceable = Config & {[STAND_INS]?: AuthServices}

/** Those of the host, unless a test has put others in their place. */
export const servicesOf = (config: Config, make: () => AuthServices): AuthServices =>
  (config as Replaceable)[STAND_INS] ?? make()

/** For `./testing`: everything that runs with this configuration uses these. */
export const replaceServices = (config: Config, services: AuthServices): void => {
  Object.defineProperty(config, STAND_INS, {value: services, configurable: true})
}
