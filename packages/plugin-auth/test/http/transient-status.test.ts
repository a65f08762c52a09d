import {expect} from 'chai'

import {isTransientStatus, retryAfterSeconds} from '../../src/http/transient-status.js'

describe('transient answers', () => {
  it('501 is not one: it says that something is not enabled', () => {
    expect(isTransientStatus(501)).to.equal(false)
    expect(isTransientStatus(503)).to.equal(true)
  })

  const now = Date.parse('2030-01-01T00:00:00Z')
  for (const [value, seconds] of [
    ['0', 0],
    ['120', 120],
    [' 7 ', 7],
    ['Tue, 01 Jan 2030 00:01:00 GMT', 60],
    ['Mon, 31 Dec 2029 23:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    ['99999999999999999999', undefined],
  ] as const) {
    it(`Retry-After "${value}" means ${seconds === undefined ? 'nothing' : `${seconds} seconds`}`, () => {
      expect(retryAfterSeconds(new Response(null, {headers: {'retry-after': value}}), now)).to.equal(seconds)
    })
  }
})
