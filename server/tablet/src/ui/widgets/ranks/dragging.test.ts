import { describe, expect, it } from 'vitest'
import { movedTo } from './dragging'

describe('an order', () => {
  it('has the moved one at its new place and the others as they were', () => {
    expect(movedTo(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd'])
    expect(movedTo(['a', 'b', 'c', 'd'], 3, 0)).toEqual(['d', 'a', 'b', 'c'])
    expect(movedTo(['a', 'b'], 0, 9)).toEqual(['b', 'a'])
    expect(movedTo(['a', 'b'], 1, -1)).toEqual(['b', 'a'])
    expect(movedTo(['a', 'b'], 5, 0)).toEqual(['a', 'b'])
  })
})
