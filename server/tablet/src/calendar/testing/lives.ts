/** Lives as they may be told, for the properties of the rules. */
import fc from 'fast-check'
import type { Spell } from '../spell'
import { earliest, latest, type Moment, type Precision } from '../time'

export const NOW = 2026 * 12 + 10

export const YEARS = fc.integer({ min: 1950, max: 2025 })
export const PRECISIONS = fc.constantFrom<Precision>('year', 'month')
export const MONTHLY: fc.Arbitrary<Moment> = fc.record({ year: YEARS, month: fc.integer({ min: 1, max: 12 }) })
export const MOMENTS: fc.Arbitrary<Moment> = fc.record({
  year: YEARS,
  month: fc.option(fc.integer({ min: 1, max: 12 }), { nil: null }),
})

/** Spells of one domain whose end is not before their beginning. */
export function spells(moments: fc.Arbitrary<Moment>, kinds: readonly ('ended' | 'open' | 'unknown')[]): fc.Arbitrary<Spell[]> {
  const one = fc.tuple(moments, moments, fc.constantFrom(...kinds)).map(([a, b, kind]) => {
    const [start, end] = latest(a) <= latest(b) && earliest(a) <= earliest(b) ? [a, b] : [b, a]
    const isOrdered = earliest(start) <= latest(end)
    return { start, end: kind === 'ended' ? (isOrdered ? end : start) : null, isOpen: kind === 'open' }
  })
  return fc
    .array(one, { maxLength: 8 })
    .map((told) => told.map((span, index) => ({ ...span, key: String(index), domain: 'residence' })))
}
