import { beforeEach, expect, test } from 'vitest'
import { IdleWatch } from './idle'

let wall = 0
let running = 0
let said: (string | number | null)[]
let watch: IdleWatch

function pass(ms: number): void {
  wall += ms
  running += ms
  watch.tick()
}

beforeEach(() => {
  said = []
  const events = { warn: (seconds: number | null) => said.push(seconds), lock: () => said.push('lock') }
  watch = new IdleWatch({ lockAfter: 60_000, warnBefore: 20_000, grace: 10_000 }, () => ({ wall, running }), events)
})

test('a pause is announced and then locks; a touch begins it anew', () => {
  pass(39_000)
  expect(said).toEqual([])
  pass(1_000)
  pass(500)
  pass(500)
  expect(said).toEqual([20, 19])
  watch.touched()
  pass(40_000)
  pass(19_000)
  expect(said).toEqual([20, 19, null, 20, 1])
  pass(1_000)
  expect(said.at(-1)).toBe('lock')
})

test('in the background the grace is short, and a glance elsewhere costs nothing', () => {
  watch.hidden()
  pass(9_000)
  watch.shown()
  expect(said).toEqual([])
  watch.hidden()
  pass(9_000)
  wall += 1_000
  watch.shown()
  expect(said).toEqual(['lock'])
})

test('a tablet that slept, or whose clock was set back, has paused all the same', () => {
  wall += 60_000
  watch.tick()
  expect(said).toEqual(['lock'])
  watch.touched()
  wall -= 3_600_000
  running += 60_000
  watch.tick()
  expect(said).toEqual(['lock', 'lock'])
})
