import type {Config} from '@oclif/core/interfaces'
import {askShell} from './ask-shell.js'
import type {Person} from './person.js'

export const thisPerson = ({home}: Config): Person => ({
  home,
  env: process.env,
  platform: process.platform,
  ask: askShell,
})
