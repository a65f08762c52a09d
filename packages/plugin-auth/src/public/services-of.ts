import type {Config} from '@oclif/core'
import type {AuthServices} from '../services.js'

const standIns = new WeakMap<Config, AuthServices>()

/** Those of the host, unless a test has put others in their place. */
export const servicesOf = (config: Config, make: () => AuthServices): AuthServices => standIns.get(config) ?? make()

/** For `./testing`: everything that runs with this configuration uses these. */
export const replaceServices = (config: Config, services: AuthServices): void => void standIns.set(config, services)
