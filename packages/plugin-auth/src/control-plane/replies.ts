import {cleanText} from '../untrusted/clean-text.js'

/** `GET /api/v1beta1/deployments-public/version`: what a control plane says of itself, to anybody. */
export interface ServerVersion {
  /** Of the control plane. */
  version: string
  /** False: it asks nobody who they are. */
  requires_auth: boolean
  /** What it asks of its Python client. */
  min_llamactl_version: string | null
  /** Names of what it can do, such as `organizations`. */
  capabilities: string[]
}

/** A project that the credential sees. */
export interface Project {
  /** Unique on the control plane. */
  project_id: string
  /** For people; the id where it has none. */
  project_name: string
  /** How many deployments it has. */
  deployment_count: number
  /** The organization it belongs to. */
  org_id: string
}

/** An organization that the person belongs to. */
export interface Organization {
  /** Unique on the control plane. */
  org_id: string
  /** For people; the id where it has none. */
  org_name: string
  /** The one that the server takes where none is named. */
  is_default: boolean
}

/** Where the environment's OpenID provider describes itself, and the client this CLI is known by there. */
export interface OidcDiscovery {
  discovery_url: string
  client_id: string
}

/** Whoever a credential belongs to. */
export interface User {
  /** Unique on the control plane. */
  id: string
  /** Null where the server does not say. */
  email: string | null
}

export interface CreatedKey {
  id: string
  key: string
  /** ISO 8601, where the server lets its keys expire. */
  expiresAt?: string
}

type Reply = Record<string, unknown>

/** A reply that does not have the shape the API promises. The message names the field. */
export class IllShapedReply extends Error {}

export function readVersion(reply: unknown): ServerVersion {
  const body = object(reply)
  return {
    version: text(body, 'version'),
    requires_auth: body['requires_auth'] === undefined ? false : boolean(body, 'requires_auth'),
    min_llamactl_version: optionalText(body, 'min_llamactl_version') ?? null,
    capabilities: list(body, 'capabilities', []).filter((item) => typeof item === 'string'),
  }
}

export function readProjects(reply: unknown): Project[] {
  return list(object(reply), 'projects').map((item) => {
    const project = object(item)
    const id = identifier(project, 'project_id')
    return {
      project_id: id,
      project_name: optionalText(project, 'project_name') || id,
      deployment_count: count(project, 'deployment_count'),
      org_id: optionalText(project, 'org_id') ?? 'default',
    }
  })
}

export function readOrganizations(reply: unknown): Organization[] {
  return list(object(reply), 'organizations').map((item) => {
    const organization = object(item)
    const id = identifier(organization, 'org_id')
    return {
      org_id: id,
      org_name: optionalText(organization, 'org_name') || id,
      is_default: organization['is_default'] === true,
    }
  })
}

/** The client named `cli`, or the only one there is. */
export function readOidcDiscovery(reply: unknown): OidcDiscovery {
  const body = object(reply)
  const clients = Object.entries(body['client_ids'] ? object(body['client_ids']) : {}).filter(([, id]) => id)
  const client = clients.find(([name]) => name === 'cli') ?? (clients.length === 1 ? clients[0] : undefined)
  if (typeof client?.[1] !== 'string') throw new IllShapedReply('client_ids names no client for a command line')
  if (typeof body['discovery_url'] !== 'string') throw new IllShapedReply('discovery_url is missing')
  return {discovery_url: body['discovery_url'], client_id: client[1]}
}

export function readUser(reply: unknown): User {
  const body = object(reply)
  return {id: text(body, 'id'), email: optionalText(body, 'email') ?? null}
}

/** The whole key stands in `redacted_api_key`, in the reply to its creation and never again. */
export function readCreatedKey(reply: unknown): CreatedKey {
  const body = object(reply)
  const key = body['redacted_api_key']
  if (typeof key !== 'string' || !/^[\u0021-\u007E]{8,4096}$/.test(key))
    throw new IllShapedReply('redacted_api_key is not a key')
  const expiresAt = optionalTime(body, 'expires_at')
  return {id: identifier(body, 'id'), key, ...(expiresAt && {expiresAt})}
}

/** FastAPI's `detail`: a sentence, or a list of `{loc, msg, type}`. */
export function readDetail(reply: unknown): string | undefined {
  if (!isObject(reply)) return undefined
  const {detail} = reply
  if (typeof detail === 'string') return cleanText(detail) || undefined
  if (!Array.isArray(detail)) return undefined
  const messages = detail.flatMap((item) => (isObject(item) && typeof item['msg'] === 'string' ? [item['msg']] : []))
  return cleanText(messages.join('; ')) || undefined
}

export const isObject = (value: unknown): value is Reply =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function object(value: unknown): Reply {
  if (!isObject(value)) throw new IllShapedReply('an object was expected')
  return value
}

function list(body: Reply, field: string, absent?: unknown[]): unknown[] {
  const value = body[field] ?? absent
  if (!Array.isArray(value)) throw new IllShapedReply(`${field} is not a list`)
  return value
}

/** Ids and names end up in terminals, files and URLs: cleaned here, once, and never empty. */
function text(body: Reply, field: string): string {
  const value = optionalText(body, field)
  if (!value) throw new IllShapedReply(`${field} is missing`)
  return value
}

/** Sent back to the server later: cleaned, it would be another one. */
function identifier(body: Reply, field: string): string {
  const value = text(body, field)
  if (value !== body[field]) throw new IllShapedReply(`${field} has characters that no id has`)
  return value
}

function optionalText(body: Reply, field: string): string | undefined {
  const value = body[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new IllShapedReply(`${field} is not text`)
  return cleanText(value)
}

function boolean(body: Reply, field: string): boolean {
  const value = body[field]
  if (typeof value !== 'boolean') throw new IllShapedReply(`${field} is not true or false`)
  return value
}

function count(body: Reply, field: string): number {
  const value = body[field]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new IllShapedReply(`${field} is not a number`)
  return value
}

/** What is no time is passed over: a key that was made is worth more than the word on when it ends. */
function optionalTime(body: Reply, field: string): string | undefined {
  const value = body[field]
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}
