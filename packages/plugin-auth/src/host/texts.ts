import {LLAMA_CLOUD} from '../identity/variable-names.js'
import type {LoadedConfig} from './adopt-commands.js'
import type {Host} from './host.js'

/** Every text below a value, in the words of the host. The manifest has them in those of LlamaCloud. */
export function textsOf(config: LoadedConfig, host: Host): <T>(value: T) => T {
  const words = wordsOf(config, host)
  const translated = (text: string): string =>
    words.reduce((said, [ours, theirs]) => said.replaceAll(ours, () => theirs), text)
  const texts = (value: unknown): unknown => {
    if (typeof value === 'string') return translated(value)
    if (Array.isArray(value)) return value.map(texts)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, texts(inner)]))
  }
  return texts as <T>(value: T) => T
}

function wordsOf(
  config: LoadedConfig,
  {topic, product, apiUrls, variables, isLlamaCloud}: Host,
): [string | RegExp, string][] {
  const [project] = variables.projects
  return [
    ['auth<%= config.topicSeparator %>', `${topic.replaceAll(':', config.topicSeparator)}${config.topicSeparator}`],
    [/https:\/\/api\.cloud\.(?:eu\.)?llamaindex\.ai/g, apiUrls[0]],
    ...(product === undefined ? [] : ([[/^Log in\b/g, `Log in to ${product}`]] as [RegExp, string][])),
    ...(isLlamaCloud
      ? []
      : ([
          [/(?:, which is|; a) LLAMA_DEPLOY_PROJECT_ID\s+(?:as well|is replaced too)/g, ''],
          ['LLAMA_DEPLOY_USE_TRUSTSTORE', config.scopedEnvVarKey('NATIVE_TLS')],
          [LLAMA_CLOUD.apiKey, variables.apiKey],
          [LLAMA_CLOUD.baseUrl, variables.baseUrl],
          [LLAMA_CLOUD.projects[0], project],
          ['pass show llama-cloud', `pass show ${config.bin}`],
        ] as [string | RegExp, string][])),
  ]
}
