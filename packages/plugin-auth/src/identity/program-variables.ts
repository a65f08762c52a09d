import type {Secret} from '../secret.js'
import type {VariableNames} from './variable-names.js'

/**
 * An identity as other programs read it from their environment: by the names of the product whose credential it is, which its
 * SDKs read, and so does this CLI. Null: there is none, and what the program would find under that name belongs to somebody
 * else.
 */
export function programVariables(
  names: VariableNames,
  {apiUrl, apiKey, projectId}: {apiUrl: string; apiKey: Secret | undefined; projectId: string | null},
): Record<string, string | null> {
  return {
    [names.apiKey]: apiKey?.reveal() ?? null,
    [names.baseUrl]: apiUrl,
    ...Object.fromEntries(names.projects.map((name) => [name, projectId])),
  }
}
