/** A person who can sign in. */
export interface SeedUser {
  /** `sub` in tokens, `id` in `/api/v1/auth/me`. */
  id: string
  email: string
  name: string
  password: string
  /** Organization ids; the first one is this person's default. */
  organizations: string[]
}

export interface SeedOrganization {
  org_id: string
  org_name: string
}

/** Everybody in the organization sees the project. */
export interface SeedProject {
  project_id: string
  project_name: string
  deployment_count: number
  org_id: string
}

export interface SeedApiKey {
  name: string
  /** E-mail of the user it belongs to. */
  user: string
  /** Starts with `llx-`. */
  secret: string
  /** The only project the key may see; `null` for all of its user's. */
  project_id: string | null
}

/** What a control plane knows when it starts. The wire's own names, so that it reads like the API's answers. */
export interface Seed {
  users: SeedUser[]
  organizations: SeedOrganization[]
  projects: SeedProject[]
  api_keys: SeedApiKey[]
}

type Needs<T, Required extends keyof T> = Pick<T, Required> & Partial<T>

/** A seed as one writes it: what has an obvious value may be left out. */
export interface SeedInput {
  /** `organizations` absent: all of them. */
  users?: Needs<SeedUser, 'email' | 'password'>[]
  /** Absent: one, `default`. */
  organizations?: Needs<SeedOrganization, 'org_id'>[]
  /** `org_id` absent: the first organization. */
  projects?: Needs<SeedProject, 'project_id'>[]
  api_keys?: Needs<SeedApiKey, 'user' | 'secret'>[]
}
