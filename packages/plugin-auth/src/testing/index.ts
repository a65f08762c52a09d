/**
 * For tests of commands that extend `AuthCommand`.
 *
 * @packageDocumentation
 */
export type {Choice, Prompter} from '../prompts/prompter.js'
export {createTestConfig} from './create-test-config.js'
export {runAuthCommand, type RunOptions} from './run-auth-command.js'
export type {RunResult} from './run-result.js'
export {
  type AskedQuestion,
  CANCEL,
  createScriptedPrompter,
  nonInteractivePrompter,
  type ScriptedAnswer,
  type ScriptedPrompter,
} from './scripted-prompter.js'
export {startControlPlane} from './start-control-plane.js'
export type {AnswerRequest, TestControlPlane, TestLogin} from './test-login.js'
