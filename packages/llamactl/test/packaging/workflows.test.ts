import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse} from 'yaml'
import {root} from './support/workspace.js'

interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
  env?: Record<string, string>
}

interface Job {
  uses?: string
  needs?: string
  if?: string
  'runs-on'?: string
  environment?: string
  permissions?: Record<string, string>
  'timeout-minutes'?: number
  steps?: Step[]
}

interface Workflow {
  on: Record<string, unknown>
  permissions?: Record<string, string>
  jobs: Record<string, Job>
}

const folder = join(root, '.github', 'workflows')
const read = (name: string): Workflow => parse(readFileSync(join(folder, name), 'utf8')) as Workflow

describe('the workflows', () => {
  for (const name of readdirSync(folder)) {
    describe(name, () => {
      const workflow = read(name)
      const jobs = Object.values(workflow.jobs)
      const steps = jobs.flatMap((job) => job.steps ?? [])

      it('runs actions of one commit, which nobody can change, or workflows of this repository', () => {
        const used = [...jobs, ...steps].flatMap(({uses}) => uses ?? [])
        expect(used).not.to.deep.equal([])
        for (const action of used) expect(action).to.match(/^\.\/\.github\/workflows\/|^[\w-]+\/[\w-]+@[\da-f]{40}$/)
      })

      it('may read the repository, and nothing else', () => {
        expect(workflow.permissions).to.deep.equal({contents: 'read'})
      })

      it('puts nothing from outside into a shell', () => {
        for (const {run = ''} of steps) expect(run).not.to.contain('${{')
      })

      it('ends by itself', () => {
        for (const job of jobs.filter(({uses}) => !uses)) expect(job['timeout-minutes']).to.be.a('number')
      })

      it('has no secret but the identity that GitHub gives it', () => {
        expect(readFileSync(join(folder, name), 'utf8')).not.to.contain('secrets')
      })
    })
  }

  it('publish when a person asks for it and another may approve, from main, when everything holds', () => {
    const {on, jobs} = read('release.yml')
    expect(Object.keys(on)).to.deep.equal(['workflow_dispatch'])
    expect(jobs).to.have.all.keys('check', 'publish')
    expect(jobs['check']?.uses).to.equal('./.github/workflows/ci.yml')
    const {needs, environment, permissions, ...job} = jobs['publish'] as Job
    expect({needs, environment}).to.deep.equal({needs: 'check', environment: 'npm'})
    expect(job.if).to.equal("github.ref == 'refs/heads/main'")
    expect(permissions).to.deep.equal({contents: 'read', 'id-token': 'write'})

    const ci = read('ci.yml')
    expect(ci.on).to.have.property('workflow_call')
    expect(ci.jobs['check']?.steps?.at(-1)).to.deep.equal({run: '.ci/run'})
  })

  it('look every week for holes in what llamactl brings', () => {
    const {on, jobs} = read('audit.yml')
    expect(on)
      .to.have.nested.property('schedule[0].cron')
      .that.matches(/^\d+ \d+ \* \* [0-6]$/)
    expect(jobs['dependencies']?.steps?.at(-1)).to.deep.equal({run: 'npm audit --package-lock-only --omit=dev'})
  })

  it('publish with a provenance, which npm takes from a runner of GitHub only', () => {
    const {steps = [], ...publish} = read('release.yml').jobs['publish'] as Job
    expect(publish['runs-on']).to.equal('ubuntu-latest')
    expect(steps.at(-1)).to.deep.equal({
      run: 'npx lerna publish from-package --yes',
      env: {NPM_CONFIG_PROVENANCE: 'true'},
    })
    expect(steps[0]?.with).to.deep.equal({'persist-credentials': false})
  })
})
