import {expect} from 'chai'
import {parse} from 'yaml'
import {deviceCodeNotice} from '../../src/output/device-code-notice.js'
import {minutesAndSeconds, nextMilestone} from '../../src/output/duration.js'
import {errorText} from '../../src/output/error-text.js'
import {table} from '../../src/output/table.js'
import {yaml} from '../../src/output/yaml.js'

describe('a table', () => {
  it('has columns as wide as their widest cell, and no space at the end of a line', () => {
    expect(
      table(
        [' ', 'NAME', 'AUTH'],
        [
          ['*', 'ada@example.com', 'oidc'],
          [' ', 'ci', ''],
        ],
      ),
    ).to.equal(['   NAME             AUTH', '*  ada@example.com  oidc', '   ci'].join('\n'))
  })

  it('cuts nothing', () => {
    const name = 'a'.repeat(300)
    expect(table(['NAME', 'X'], [[name, 'x']])).to.include(`${name}  x`)
  })

  it('is its header where there are no rows', () => {
    expect(table(['NAME', 'AUTH'], [])).to.equal('NAME  AUTH')
  })
})

describe('the text of an error', () => {
  it('is what happened with its code, and what to do in lines of their own', () => {
    const text = errorText({code: 'USAGE', message: 'It failed.', suggestions: ['acme auth login', 'Or wait.']})
    expect(text).to.equal('Error: It failed. (USAGE)\n  acme auth login\n  Or wait.')
    expect(errorText({code: 'USAGE', message: 'It failed.', suggestions: []})).to.equal('Error: It failed. (USAGE)')
  })
})

describe('what a person needs to approve a login', () => {
  const code = {user_code: 'GBSK-CGDW', verification_uri: 'https://login.example.com/device', expires_in: 600}

  it('is the page and the code, each in a line of its own to be copied, and how long it is valid', () => {
    for (const isOpened of [true, false]) {
      const lines = deviceCodeNotice(code, {isOpened}).split('\n')
      expect(lines).to.include('    https://login.example.com/device').and.include('    GBSK-CGDW')
      expect(lines.join(' '))
        .to.include('valid for 10 minutes')
        .and.include('Never enter a code that somebody sent you')
    }
  })

  it('says whether the page is open already', () => {
    expect(deviceCodeNotice(code, {isOpened: true})).to.include('has been opened')
    expect(deviceCodeNotice(code, {isOpened: false})).to.include('any browser, on any device')
  })

  for (const [seconds, text] of [
    [1800, '30 minutes'],
    [179, '2 minutes'],
    [120, '2 minutes'],
    [119, '119 seconds'],
    [5, '5 seconds'],
  ] as const) {
    it(`never promises more than there is: ${seconds} seconds are ${text}`, () => {
      expect(deviceCodeNotice({...code, expires_in: seconds}, {isOpened: false})).to.include(`valid for ${text}.`)
    })
  }
})

describe('a time that is left', () => {
  for (const [seconds, text] of [
    [0, '0:00'],
    [9.99, '0:09'],
    [60, '1:00'],
    [545, '9:05'],
    [3599.5, '59:59'],
    [3600, '60:00'],
  ] as const) {
    it(`of ${seconds} seconds reads ${text}`, () => {
      expect(minutesAndSeconds(seconds)).to.equal(text)
    })
  }
})

describe('a countdown in lines', () => {
  it('tells each minute, and twice in the last one', () => {
    const told: number[] = []
    for (let left = nextMilestone(245); left !== undefined; left = nextMilestone(left)) told.push(left)
    expect(told).to.deep.equal([240, 180, 120, 60, 30, 10])
  })
})

describe('yaml', () => {
  it('is the same data, whatever is in it', async () => {
    const data = [{name: 'no', project_id: null, active: true, hint: 'llx-de****ce2f', date: '2026-11-23', zero: '007'}]
    expect(parse(await yaml(data))).to.deep.equal(data)
    expect(await yaml([])).to.equal('[]')
    expect(await yaml(data)).not.to.match(/\n$/)
  })
})
