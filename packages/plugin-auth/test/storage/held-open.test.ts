import {expect} from 'chai'
import {isHeldOpen} from '../../src/storage/storage-error.js'

const refusal = (code: string): Error => Object.assign(new Error(code), {code})

describe('what Windows says of a file that somebody has open', () => {
  it('is taken for a refusal that passes, there', () => {
    for (const code of ['EPERM', 'EACCES', 'EBUSY']) expect(isHeldOpen(refusal(code), 'win32'), code).to.be.true
  })

  it('is final on every other system, as are all other codes', () => {
    for (const platform of ['linux', 'darwin'] as const) expect(isHeldOpen(refusal('EPERM'), platform)).to.be.false
    expect(isHeldOpen(refusal('ENOSPC'), 'win32')).to.be.false
    expect(isHeldOpen(new Error('no code'), 'win32')).to.be.false
  })
})
