/**
 * What plugins build on that have values of their own. The exports of this file are promises; everything else in the package
 * may change.
 */
export type {Completion, CompletionKind} from './declaration.js'
export type {CompletionValuesHook, Value, ValueSource, ValueSources} from './value-source.js'
