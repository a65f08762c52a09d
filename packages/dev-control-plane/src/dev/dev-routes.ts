import {ApiError} from '../api/api-error.js'
import type {Route, RouteContext} from '../api/route.js'
import type {Approval, ApprovalOptions} from '../browser/scripted-browser.js'
import type {FaultList} from '../faults/fault-list.js'
import {findNamedFault} from '../faults/named-faults.js'
import {parseFault, parseTurnOn} from '../faults/parse-fault.js'
import type {DevState} from './dev-state.js'
import {parseApproval} from './parse-approval.js'

export interface DevRoutesParts {
  faults: FaultList
  state(): DevState
  approve(userCode: string, options: ApprovalOptions): Promise<Approval>
}

/** The JSON API below `/dev`: the README is its manual. */
export function devRoutes({faults, state, approve}: DevRoutesParts): Route[] {
  return [
    {method: 'GET', path: '/dev/state', answer: () => ({status: 200, body: state()})},
    {method: 'GET', path: '/dev/faults', answer: () => ({status: 200, body: state().faults})},
    {
      method: 'POST',
      path: '/dev/faults',
      async answer(context) {
        const fault = await narrow(context, parseFault)
        const {id} = faults.add(fault)
        return {status: 201, body: state().added_faults.find((one) => one.id === id)}
      },
    },
    {
      method: 'DELETE',
      path: '/dev/faults',
      answer() {
        faults.clear()
        return {status: 204}
      },
    },
    {
      method: 'PUT',
      path: '/dev/faults/{name}',
      async answer(context) {
        const name = findNamedFault(context.params['name'] ?? '')?.name
        if (name === undefined) throw new ApiError(404, 'There is no such fault')
        const options = await narrow(context, parseTurnOn)
        refuseWhat(() => faults.turnOn(name, options))
        return {status: 200, body: state().faults.find((one) => one.name === name)}
      },
    },
    {
      method: 'DELETE',
      path: '/dev/faults/{name}',
      answer({params}) {
        const given = params['name'] ?? ''
        const name = findNamedFault(given)?.name
        if (name !== undefined) faults.turnOff(name)
        else if (faults.added().some(({id}) => id === given)) faults.remove(given)
        else throw new ApiError(404, 'There is no such fault')
        return {status: 204}
      },
    },
    {
      method: 'POST',
      path: '/dev/approvals',
      async answer(context) {
        const {userCode, options} = await narrow(context, parseApproval)
        const body = await approve(userCode, options).catch((error: Error) => {
          throw new ApiError(422, error.message)
        })
        return {status: 200, body}
      },
    },
  ]
}

async function narrow<T>({readBody}: RouteContext, parse: (value: unknown) => T): Promise<T> {
  const text = await readBody()
  return refuseWhat(() => parse(JSON.parse(text || '{}')))
}

function refuseWhat<T>(attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    throw new ApiError(422, error instanceof SyntaxError ? 'The body is not JSON' : (error as Error).message)
  }
}
