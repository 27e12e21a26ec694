import { expect, it } from 'vitest'

import { keepLockMinutes, keptLockMinutes, lockMinutes } from './lock_minutes'

it.each([
  [null, 5],
  ['2', 2],
  ['60', 5],
  ['0', 5],
  ['-1', 5],
  ['1.5', 5],
  ['often', 5],
])('of a choice of %s and at most 5 minutes come %d', (kept, minutes) => {
  expect(lockMinutes(keptLockMinutes({ getItem: () => kept }), 5)).toBe(minutes)
})

it('a choice is kept', () => {
  let kept = ''
  keepLockMinutes({ setItem: (_, value) => void (kept = value) }, 2)
  expect(keptLockMinutes({ getItem: () => kept })).toBe(2)
})
