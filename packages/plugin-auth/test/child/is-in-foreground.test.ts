import {expect} from 'chai'
import {isInForeground} from '../../src/child/is-in-foreground.js'

describe('a process', () => {
  it('is in the foreground where its group is that of the terminal, whatever its program is called', () => {
    expect(isInForeground('42 (node) S 1 42 7 34816 42 4194304 0')).to.equal(true)
    expect(isInForeground('42 (a) b) S 1 42 7 34816 99 4194304 0')).to.equal(false)
    expect(isInForeground('42 (node) S 1 42 7 0 -1 4194304 0')).to.equal(false)
    expect(isInForeground(undefined)).to.equal(true)
  })
})
