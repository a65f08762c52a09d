/** Who is logged in, in a test. */
export interface TestLogin {
  /** Name of the profile. Absent: `ada@example.com`. */
  profile?: string
  /** Null: none was chosen. Absent: `prj-test`, or the first project of the dev control plane. */
  projectId?: string | null
  /** Absent: an invented one, or the first that the dev control plane was started with. */
  apiKey?: string
}

/**
 * What a test needs to know of a control plane that runs. The one that `startDevControlPlane` of `@llamactl/dev-control-plane` resolves
 * to has it, and more.
 */
export interface TestControlPlane {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** People, projects and API keys that it started with. */
  readonly seed: {
    readonly projects: readonly {readonly project_id: string}[]
    readonly api_keys: readonly {readonly user: string; readonly secret: string}[]
  }
  /** Every request so far. Never a secret. */
  readonly requests: readonly {readonly method: string; readonly path: string; readonly status: number | null}[]
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/** Stands in for a server. */
export type AnswerRequest = (request: Request) => Response | Promise<Response>
