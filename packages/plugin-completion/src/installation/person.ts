/** Where a person's files are. */
export interface Person {
  home: string
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  /** Answers for `askShell`. */
  ask(shell: 'bash' | 'zsh', code: string): Promise<string | undefined>
}
