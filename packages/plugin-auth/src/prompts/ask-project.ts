import type {Project} from '../control-plane/replies.js'
import type {Choice, Prompter} from './prompter.js'

/** One of several projects. */
export const askProject = (prompter: Prompter, projects: Project[], currentId?: string | null): Promise<Project> => {
  const initial = projects.find(({project_id}) => project_id === currentId)
  return prompter.select(
    'Which project?',
    projects.map((project) => projectChoice(project, currentId)),
    initial && {initial},
  )
}

/** One of the server's projects, or an ID typed in: a server without auth lists only projects that have deployments. */
export async function askProjectId(
  prompter: Prompter,
  projects: Project[],
  currentId?: string | null,
): Promise<string> {
  if (projects.length > 0) {
    const choices: Choice<string | undefined>[] = projects.map((project) => {
      const choice = projectChoice(project, currentId)
      return {...choice, value: project.project_id}
    })
    const chosen = await prompter.select(
      'Which project?',
      [...choices, {label: 'Another project ID …', value: undefined}],
      {
        initial: projects.find(({project_id}) => project_id === currentId)?.project_id,
      },
    )
    if (chosen !== undefined) return chosen
  }

  return prompter.input('Project ID', {...(currentId && {initial: currentId})})
}

function projectChoice(project: Project, currentId?: string | null): Choice<Project> {
  const {project_id, project_name, deployment_count} = project
  const deployments = deployment_count === 1 ? '1 deployment' : `${deployment_count} deployments`
  const marks = project_id === currentId ? ', current' : ''
  return {label: project_name, value: project, hint: `${project_id}, ${deployments}${marks}`}
}
