/** For tests of commands that extend `BaseCommand`. */
export {createMemoryCredentialStore} from './memory-credential-store.js'
export {runAuthCommand, type RunResult} from './run-auth-command.js'
export {CANCEL, createScriptedPrompter, nonInteractivePrompter} from './scripted-prompter.js'
