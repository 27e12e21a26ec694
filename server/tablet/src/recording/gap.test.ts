import { expect, test } from 'vitest'

import { GapWatch } from './gap'
import { Hearing, meterShare } from './hearing'

test('a tablet that slept leaves a gap as long as it slept, at the place where the sound stopped', () => {
  const watch = new GapWatch(1000, 0)
  for (let second = 1; second <= 5; second += 1) expect(watch.look(1000 + second, second - 0.2)).toBeNull()
  // Asleep for a minute; then the sound goes on.
  expect(watch.look(1065, 4.8)).toBeNull()
  const gap = watch.look(1066, 5.8)
  expect(gap?.seconds).toBe(4.8)
  expect(gap?.lasting).toBeCloseTo(60.2, 5)
  expect(watch.look(1067, 6.8)).toBeNull()
})

test('a page that was busy gets its sound late but whole: no gap', () => {
  const watch = new GapWatch(0, 0)
  expect(watch.look(1, 1)).toBeNull()
  expect(watch.look(9, 1)).toBeNull()
  expect(watch.look(10, 9.9)).toBeNull()
  expect(watch.end(11, 10.9)).toBeNull()
})

test('a gap that is still open at the end is told, and a clock that was set back is none', () => {
  const watch = new GapWatch(0, 0)
  watch.look(5, 5)
  watch.look(15, 5)
  expect(watch.end(16, 5)).toEqual({ seconds: 5, lasting: 11 })
  watch.look(-3600, 6)
  expect(watch.look(-3599, 7)).toBeNull()
})

test('nothing is heard only after ten seconds of nothing, and a word takes that back', () => {
  const hearing = new Hearing()
  expect([hearing.heard(0.2, 0), hearing.heard(0.001, 1), hearing.heard(0, 10)]).toEqual([true, true, true])
  expect(hearing.heard(0.0005, 11)).toBe(false)
  expect(hearing.heard(0.1, 12)).toBe(true)
  hearing.heard(0, 13)
  hearing.restart()
  expect(hearing.heard(0, 24)).toBe(true)
})

test('the meter is empty at silence and full at full scale', () => {
  expect([meterShare(0), meterShare(0.001), meterShare(1), meterShare(2)]).toEqual([0, 0, 1, 1])
  expect(meterShare(0.0316)).toBeCloseTo(0.5, 2)
})
