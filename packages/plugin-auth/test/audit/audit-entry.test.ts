import {expect} from 'chai'
import {type AuditEntry, formatEntry, parseEntry} from '../../src/audit/audit-entry.js'

const entry: AuditEntry = {
  time: '2026-01-02T03:04:05.678Z',
  command: 'auth:switch',
  api_url: 'https://api.example.com',
  profile: 'ada@example.com',
  folder: '/home/ada/work',
  result: 'done',
}

describe('a line of the audit log', () => {
  it('is read as it was written', () => {
    expect(parseEntry(formatEntry(entry))).to.deep.equal(entry)
    const bare = {...entry, api_url: null, profile: null, folder: null, result: 'CANCELLED'}
    expect(parseEntry(formatEntry(bare))).to.deep.equal(bare)
  })

  it('does not hold a key that somebody took for a name', () => {
    expect(formatEntry({...entry, profile: 'llx-0123456789abcdef'})).not.to.contain('0123')
  })

  it('is one line, whatever a profile is called', () => {
    const line = formatEntry({...entry, profile: 'a\nb\u001B[2J\u2028c\u202Ed'})
    expect(line).not.to.match(/[\n\u2028]/)
    expect(parseEntry(line)?.profile).to.equal('a b [2J c d')
  })

  it('is cleaned when somebody wrote into the file what a terminal would obey', () => {
    const line = JSON.stringify({...entry, result: '\u001B[2Jdone', command: 'auth\u0007:switch'})
    expect(parseEntry(line)).to.include({result: '[2Jdone', command: 'auth :switch'})
  })

  for (const line of [
    '',
    '{"time":"2026-01-02T03:04:05.678Z","comma',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"time":"yesterday","command":"auth:switch","result":"done"}',
    '{"time":"2026-01-02T03:04:05.678Z","command":"auth:switch"}',
    '{"time":"2026-01-02T03:04:05.678Z","command":1,"result":"done"}',
  ]) {
    it(`is passed over when it is none: ${line}`, () => {
      expect(parseEntry(line)).to.equal(undefined)
    })
  }
})
