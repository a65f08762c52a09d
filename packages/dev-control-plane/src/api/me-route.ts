import {requireUser} from './require-user.js'
import type {Route} from './route.js'

export const meRoute = ({showsEmail}: {showsEmail: boolean}): Route => ({
  method: 'GET',
  path: '/api/v1/auth/me',
  answer({bearer}) {
    const caller = requireUser(bearer)
    const {id, email, name} = caller.user
    const projectId = caller.kind === 'api-key' ? caller.key.projectId : null
    return {
      status: 200,
      body: {
        id,
        email: showsEmail ? email : null,
        last_login_provider: 'oidc',
        name,
        first_name: name.split(' ')[0],
        last_name: name.split(' ').slice(1).join(' ') || null,
        claims: null,
        restrict: projectId === null ? null : {project_id: projectId},
        created_at: null,
      },
    }
  },
})
