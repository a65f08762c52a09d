import type {ApprovalOptions} from '../browser/scripted-browser.js'
import {fieldsOf, type Fields} from '../fields.js'

/** @throws Error that names the field. */
export function parseApproval(value: unknown): {userCode: string; options: ApprovalOptions} {
  const fields: Fields = fieldsOf(value, '', 'approval')
  const userCode = fields.text('user_code')
  const user = fields.text('user', undefined)
  const decision = fields.text('decision', 'allow')
  if (!isDecision(decision)) fields.refuse('decision', `is not one of ${decisions.join(', ')}`)
  fields.end()
  return {userCode, options: {decision, ...(user === undefined ? {} : {user})}}
}

const decisions = ['allow', 'deny', 'cancel'] as const
const isDecision = (text: string): text is (typeof decisions)[number] => (decisions as readonly string[]).includes(text)
