import type {Secret} from '../secret.js'
import {API_KEY, BASE_URL, PROJECT_VARIABLES} from './identity-variables.js'

/**
 * An identity as other programs read it from their environment: LlamaCloud's SDKs, and the Python llamactl of today and of
 * earlier. Null: there is none, and what the program would find under that name belongs to somebody else.
 */
export function programVariables({
  apiUrl,
  apiKey,
  projectId,
}: {
  apiUrl: string
  apiKey: Secret | undefined
  projectId: string | null
}): Record<string, string | null> {
  return {
    [API_KEY]: apiKey?.reveal() ?? null,
    [BASE_URL]: apiUrl,
    ...Object.fromEntries(PROJECT_VARIABLES.map((name) => [name, projectId])),
  }
}
