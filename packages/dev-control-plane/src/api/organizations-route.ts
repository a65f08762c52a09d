import type {Seed} from '../seed/seed.js'
import {requireUser} from './require-user.js'
import type {Route} from './route.js'

const path = '/api/v1beta1/deployments/organizations'

/** The organizations the person belongs to; the first is the default one. */
export const organizationsRoute = ({organizations}: Seed): Route => ({
  method: 'GET',
  path,
  answer({bearer}) {
    const {user} = requireUser(bearer)
    const mine = user.organizations.flatMap((id) => organizations.filter(({org_id}) => org_id === id))
    return {status: 200, body: {organizations: mine.map((one, index) => ({...one, is_default: index === 0}))}}
  },
})

/** The open-source server knows one organization and no people. */
export const openOrganizationsRoute = (): Route => ({
  method: 'GET',
  path,
  answer: () => ({status: 200, body: {organizations: [{org_id: 'default', org_name: 'Default', is_default: true}]}}),
})
