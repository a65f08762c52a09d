import type {Command} from '@oclif/core'
import type {GivenIdentity} from './identity/identity.js'
import {IdentityCommand} from './identity-command.js'

/** A command that changes a profile: a key in a variable has nothing that could be changed, and does not count. */
export abstract class ProfileCommand<T extends typeof Command> extends IdentityCommand<T> {
  protected override get given(): GivenIdentity {
    const given = super.given
    return {...given, variables: {...given.variables, apiKey: undefined}}
  }
}
