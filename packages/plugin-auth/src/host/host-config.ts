/** What is read of oclif's `Config`, which may be that of another copy of oclif than ours. */
export interface HostConfig {
  bin: string
  configDir: string
  dirname: string
  pjson: {oclif: object}
  scopedEnvVar(key: string): string | undefined
}
