import { expect, test } from 'vitest'

import { Backoff } from './backoff'

function waits(backoff: Backoff, clock: { now: number }): number {
  const start = clock.now
  while (!backoff.free('a')) clock.now += 500
  return (clock.now - start) / 1000
}

test('the wait doubles up to five minutes, and a success ends it', () => {
  const clock = { now: 0 }
  const backoff = new Backoff(() => clock.now, () => 1)
  const seen: number[] = []
  for (let failure = 0; failure < 10; failure += 1) {
    backoff.failed('a', null)
    expect(backoff.free('b')).toBe(true)
    seen.push(waits(backoff, clock))
  }
  expect(seen).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  backoff.succeeded('a', 0)
  backoff.failed('a', null)
  expect(waits(backoff, clock)).toBe(2)
})

test('jitter shortens a wait by at most half', () => {
  const clock = { now: 0 }
  const backoff = new Backoff(() => clock.now, () => 0)
  backoff.failed('a', null)
  expect(waits(backoff, clock)).toBe(1)
})

test('what a place asks for is obeyed, also when a person asks for a round', () => {
  const clock = { now: 0 }
  const backoff = new Backoff(() => clock.now, () => 1)
  backoff.failed('a', 60)
  backoff.forget()
  expect(waits(backoff, clock)).toBe(60)
  backoff.succeeded('a', 30)
  expect(waits(backoff, clock)).toBe(30)
  backoff.failed('a', null)
  backoff.forget()
  expect(backoff.free('a')).toBe(true)
})
