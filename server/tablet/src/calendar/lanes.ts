/** Lanes of a row: what would cover each other is drawn one below the other. */
import type { Extent } from './spell'

export interface Lanes {
  /** The lane of each, from 0, in the order given. */
  readonly of: readonly number[]
  /** How many there are, at least one. */
  readonly count: number
}

/** Puts each into the first lane that is free where it begins: never more lanes than there are at one time. */
export function lanesOf(extents: readonly Extent[]): Lanes {
  const order = extents.map((_, index) => index).sort((a, b) => at(extents, a).from - at(extents, b).from || a - b)
  const of = extents.map(() => 0)
  const ends: number[] = []
  for (const index of order) {
    const { from, to } = at(extents, index)
    const free = ends.findIndex((end) => end <= from)
    const lane = free < 0 ? ends.length : free
    ends[lane] = to
    of[index] = lane
  }
  return { of, count: Math.max(1, ends.length) }
}

function at(extents: readonly Extent[], index: number): Extent {
  return extents[index] ?? { from: 0, to: 0 }
}
