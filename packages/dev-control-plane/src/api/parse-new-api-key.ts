import {ApiError} from './api-error.js'

/** Narrows the body of `POST /api/v1/api-keys`; complains as FastAPI does. */
export function parseNewApiKey(text: string): {name: string; projectId: string | null} {
  const body = parseJson(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(422, [problem('model_attributes_type', ['body'], 'Input should be a valid object', body)])
  }

  const {name, project_id: projectId = null} = body as {name?: unknown; project_id?: unknown}
  const problems = []
  if (name === undefined) problems.push(problem('missing', ['body', 'name'], 'Field required', body))
  else if (typeof name !== 'string') problems.push(notAString('name', name))
  if (projectId !== null && typeof projectId !== 'string') problems.push(notAString('project_id', projectId))
  if (problems.length > 0) throw new ApiError(422, problems)
  return {name: name as string, projectId: projectId as string | null}
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(422, [problem('json_invalid', ['body', 0], 'JSON decode error', {})])
  }
}

const notAString = (field: string, input: unknown): Problem =>
  problem('string_type', ['body', field], 'Input should be a valid string', input)

interface Problem {
  type: string
  loc: (string | number)[]
  msg: string
  input: unknown
}

const problem = (type: string, loc: (string | number)[], msg: string, input: unknown): Problem => ({
  type,
  loc,
  msg,
  input,
})
