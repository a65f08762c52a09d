/** How the environment variables are called that say who an invocation is. They are those of a product, not of a CLI. */
export interface VariableNames {
  apiKey: string
  baseUrl: string
  /** Makes all others count for nothing. */
  useProfile: string
  /** In the order in which they win. The first one is the one to recommend. */
  projects: readonly [string, ...string[]]
}

/** Those that LlamaCloud's SDKs read, and the Python llamactl of today and of earlier. */
export const LLAMA_CLOUD: VariableNames = {
  apiKey: 'LLAMA_CLOUD_API_KEY',
  baseUrl: 'LLAMA_CLOUD_BASE_URL',
  useProfile: 'LLAMA_CLOUD_USE_PROFILE',
  projects: ['LLAMA_AGENTS_PROJECT_ID', 'LLAMA_DEPLOY_PROJECT_ID'],
}

export const LLAMA_CLOUD_PREFIX = 'LLAMA_CLOUD'

export const namesWithPrefix = (prefix: string): VariableNames =>
  prefix === LLAMA_CLOUD_PREFIX
    ? LLAMA_CLOUD
    : {
        apiKey: `${prefix}_API_KEY`,
        baseUrl: `${prefix}_BASE_URL`,
        useProfile: `${prefix}_USE_PROFILE`,
        projects: [`${prefix}_PROJECT_ID`],
      }
