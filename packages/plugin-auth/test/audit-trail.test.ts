import {expect} from 'chai'
import type {AuditEntry} from '../src/audit/audit-entry.js'
import {type AuditTrail, createAuditTrail} from '../src/audit-trail.js'

const apiUrl = 'https://api.example.com'

describe('the trail of a command', () => {
  let lines: AuditEntry[]
  let trail: AuditTrail

  beforeEach(() => {
    lines = []
    const log = {isOn: true, append: async (entry: AuditEntry) => void lines.push(entry), read: async () => lines}
    trail = createAuditTrail(log, 'auth:logout')
  })

  const told = () => lines.map(({profile, result}) => [profile, result])

  it('is a line for each login, with its own result where it has one', async () => {
    trail.note({apiUrl, profile: 'a', result: 'done'})
    trail.note({apiUrl, profile: 'b'})
    await trail.end({apiUrl, code: 'KEYCHAIN_LOCKED'})
    expect(told()).to.deep.equal([
      ['a', 'done'],
      ['b', 'KEYCHAIN_LOCKED'],
    ])
    expect(lines[0]).to.include({command: 'auth:logout', api_url: apiUrl})
    expect(Date.now() - Date.parse(lines[0]?.time ?? '')).to.be.within(0, 60_000)
  })

  it('is a line without a login where it came to none', async () => {
    await trail.end({apiUrl: undefined, code: 'STORAGE_ERROR'})
    expect(lines).to.have.length(1)
    expect(lines[0]).to.include({api_url: null, profile: null, result: 'STORAGE_ERROR'})
  })

  it('tells of a failure that came after the logins', async () => {
    trail.note({apiUrl, profile: 'a', result: 'done'})
    await trail.end({apiUrl, code: 'CANCELLED'})
    expect(told()).to.deep.equal([
      ['a', 'done'],
      [null, 'CANCELLED'],
    ])
  })

  it('is nothing for a login that waits, and where the command only looked', async () => {
    await trail.end({apiUrl, code: 'LOGIN_PENDING'})
    trail.drop()
    await trail.end({apiUrl, code: undefined})
    expect(lines).to.deep.equal([])
  })
})
