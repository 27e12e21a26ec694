// @vitest-environment jsdom
import { expect, it, vi } from 'vitest'
import { computed, effectScope, shallowRef } from 'vue'
import { useGradual } from './gradual'

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

function made(count: number) {
  const items = shallowRef(numbers(count))
  const place = shallowRef('a')
  const target = shallowRef<string | null>(null)
  const scope = effectScope()
  const gradual = scope.run(() => useGradual(computed(() => items.value), () => 6, computed(() => place.value), target))
  if (gradual === undefined) throw new Error('no scope')
  return { items, place, target, gradual }
}

it('a long page begins with what fits on the screen, and is whole soon after', async () => {
  const { gradual, items } = made(40)
  expect(gradual.shown.value).toHaveLength(6)
  expect(gradual.isFilling.value).toBe(true)
  await vi.waitFor(() => expect(gradual.shown.value).toHaveLength(40), { timeout: 20_000 })
  expect(gradual.isFilling.value).toBe(false)
  items.value = numbers(60)
  expect(gradual.shown.value).toHaveLength(60)
})

it('another page begins anew, and the one before adds nothing to it', async () => {
  const { gradual, place, items } = made(40)
  place.value = 'b'
  items.value = numbers(3)
  expect(gradual.shown.value).toEqual([0, 1, 2])
  expect(gradual.isFilling.value).toBe(false)
  await vi.waitFor(() => expect(gradual.shown.value).toHaveLength(3))
})

it('is whole at once where a question is looked for', () => {
  const { gradual, place, target } = made(40)
  place.value = 'b'
  target.value = '/data/q39'
  expect(gradual.shown.value).toHaveLength(40)
  target.value = null
  expect(gradual.shown.value).toHaveLength(40)
})
