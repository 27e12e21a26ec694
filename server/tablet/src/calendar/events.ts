/** Events of history: a choice whose name ends in the year, or year and month, in which it happened. */
import type { Moment } from './time'

const NAMED = /^(?:.*_)?(\d{4})(?:_(0[1-9]|1[0-2]))?$/u

/** When the event of that name was; null where the name does not say. `wall_1989_11` was in November 1989. */
export function eventMoment(name: string): Moment | null {
  const found = NAMED.exec(name)
  if (found === null) return null
  return { year: Number(found[1]), month: found[2] === undefined ? null : Number(found[2]) }
}
