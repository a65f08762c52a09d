import {expect} from 'chai'

import {createChoiceList} from '../../src/prompts/choice-list.js'

const choices = (count: number) => Array.from({length: count}, (_, index) => ({label: `Item ${index}`, value: index}))
const shown = (list: ReturnType<typeof createChoiceList<number>>, size: number) =>
  list.page(size).choices.map(({value}) => value)

describe('choice list', () => {
  it('scrolls only as far as the highlight needs', () => {
    const list = createChoiceList(choices(6))
    expect(shown(list, 3)).to.deep.equal([0, 1, 2])
    list.move(1)
    expect(shown(list, 3)).to.deep.equal([0, 1, 2])
    list.leap(2)
    expect(shown(list, 3)).to.deep.equal([1, 2, 3])
    list.move(-1)
    expect(shown(list, 3)).to.deep.equal([1, 2, 3])
    expect(list.page(3).highlighted).to.equal(1)
  })

  it('comes back at the other end when moved, and stops at the ends when leaping', () => {
    const list = createChoiceList(choices(6))
    list.move(-1)
    expect(list.highlighted?.value).to.equal(5)
    list.move(1)
    expect(list.highlighted?.value).to.equal(0)
    list.leap(100)
    expect(list.highlighted?.value).to.equal(5)
  })

  it('highlights the first match of a filter, and the initial choice again without one', () => {
    const list = createChoiceList(choices(30), 12)
    list.narrow(' ITEM 2')
    expect(list.highlighted?.value).to.equal(2)
    expect(list.matches).to.equal(11)
    list.narrow('')
    expect(list.highlighted?.value).to.equal(12)
  })

  it('has nothing highlighted when nothing matches, however it is moved', () => {
    const list = createChoiceList(choices(30))
    list.narrow('nothing')
    list.move(1)
    list.leap(-5)
    expect(list.highlighted).to.equal(undefined)
    expect(shown(list, 10)).to.deep.equal([])
  })

  it('fills the page again when more lines fit', () => {
    const list = createChoiceList(choices(6), 5)
    expect(shown(list, 2)).to.deep.equal([4, 5])
    expect(shown(list, 10)).to.deep.equal([0, 1, 2, 3, 4, 5])
  })
})
