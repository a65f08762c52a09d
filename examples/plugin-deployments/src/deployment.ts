import {cleanText} from '@llamactl/plugin-auth'

/** What the command shows of a deployment. */
export interface Deployment {
  name: string
  status: string
  git_ref: string
}

/** Narrows the reply of the server. What is thrown here becomes a `SERVER_ERROR` that names the endpoint. */
export function readDeployments(reply: unknown): Deployment[] {
  const {deployments} = (reply ?? {}) as {deployments?: unknown}
  if (!Array.isArray(deployments)) throw new Error('deployments is not a list')
  return deployments.map(({name, status, git_ref}: Record<string, unknown>) => ({
    name: cleanText(name),
    status: cleanText(status),
    git_ref: cleanText(git_ref),
  }))
}
