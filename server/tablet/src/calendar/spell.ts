/** A spell: something that lasted, in one domain of life. */
import { placeOf, precisionOf, stepOf, type Moment } from './time'

export interface Span {
  readonly start: Moment
  /** Null where the spell goes on today, and where its end is not known. */
  readonly end: Moment | null
  readonly isOpen: boolean
}

export interface Spell extends Span {
  readonly key: string
  readonly domain: string
}

/** From where to where something is drawn, in months; the second is not part of it. */
export interface Extent {
  readonly from: number
  readonly to: number
}

/** How far a spell whose end nobody knows is drawn. */
const UNKNOWN_LENGTH = 24

/**
 * From where to where a spell is drawn, `now` being the present month. What begins and ends in one year or month has
 * that year or month; where two spells share a year, one ends where the other begins.
 */
export function extentOf({ start, end, isOpen }: Span, now: number): Extent {
  const from = placeOf(start)
  const least = from + stepOf(precisionOf(start))
  if (isOpen) return { from, to: Math.max(least, now) }
  if (end === null) return { from, to: Math.max(least, Math.min(now, from + UNKNOWN_LENGTH)) }
  return { from, to: Math.max(from + stepOf(precisionOf(end)), placeOf(end)) }
}
