import {expect} from 'chai'
import {renamePatiently} from '../../src/storage/rename-patiently.js'

describe('renaming on Windows', () => {
  const refusing = (times: number, code: string) => {
    const calls: string[] = []
    const rename = (from: unknown, to: unknown) => {
      calls.push(`${from} ${to}`)
      if (calls.length <= times) throw Object.assign(new Error(code), {code})
    }
    return {calls, rename}
  }

  it('is tried again while a scanner holds the target', async () => {
    const {calls, rename} = refusing(2, 'EPERM')
    await renamePatiently('a', 'b', {rename, platform: 'win32'})
    expect(calls).to.deep.equal(['a b', 'a b', 'a b'])
  })

  it('ends after five more tries within a second', async () => {
    const {calls, rename} = refusing(99, 'EBUSY')
    const error = await renamePatiently('a', 'b', {rename, platform: 'win32'}).catch((error: unknown) => error)
    expect(error).to.include({code: 'EBUSY'})
    expect(calls).to.have.length(6)
  })

  it('is not tried again for a final error, nor on another system', async () => {
    for (const [code, platform] of [
      ['ENOSPC', 'win32'],
      ['EPERM', 'linux'],
    ] as const) {
      const {calls, rename} = refusing(1, code)
      await renamePatiently('a', 'b', {rename, platform}).catch(() => {})
      expect(calls).to.have.length(1)
    }
  })
})
