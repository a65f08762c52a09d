import {expect} from 'chai'

import {afterFailure, afterPending, afterSlowDown, delayOf, type PollPace} from '../../src/oidc/poll-pace.js'

const start: PollPace = {interval: 5, backoff: 0}

describe('the pace of polling', () => {
  it('doubles with each failure up to a minute, and is as before once somebody answers', () => {
    let pace = start
    const delays = Array.from({length: 6}, () => delayOf((pace = afterFailure(pace))))
    expect(delays).to.deep.equal([10, 20, 40, 60, 60, 60])
    expect(delayOf(afterPending(pace))).to.equal(5)
  })

  it('keeps what slow_down added through failures', () => {
    expect(delayOf(afterPending(afterFailure(afterSlowDown(start))))).to.equal(10)
  })

  it('never polls faster than the server allows, even beyond a minute', () => {
    const slow = Array.from({length: 12}).reduce<PollPace>((pace) => afterSlowDown(pace), start)
    expect(delayOf(slow)).to.equal(65)
    expect(delayOf(afterFailure(slow))).to.equal(65)
    expect(delayOf(afterPending(slow, 1))).to.equal(65)
  })

  it('goes back to doubling after a long Retry-After', () => {
    expect(delayOf(afterFailure(afterFailure(start, 300)))).to.equal(60)
  })
})
