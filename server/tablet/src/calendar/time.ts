/**
 * Time as a life history has it: years, and months where somebody remembers them.
 *
 * A place on the time line is a number of months since the year 0, so that January 1998 is `1998 * 12`.
 */

/** A point of a life, as exactly as it is known. */
export interface Moment {
  readonly year: number
  /** 1 to 12, or null where only the year is known. */
  readonly month: number | null
}

export type Precision = 'year' | 'month'

export const YEAR = 12

/** Months that one step of a precision takes. */
export function stepOf(precision: Precision): number {
  return precision === 'year' ? YEAR : 1
}

/** Where a moment stands on the line; one that is known by its year alone stands at the year's beginning. */
export function placeOf({ year, month }: Moment): number {
  return year * YEAR + (month ?? 1) - 1
}

/** The first month that a moment can be. */
export const earliest = placeOf

/** The last month that a moment can be. */
export function latest(moment: Moment): number {
  return moment.month === null ? moment.year * YEAR + YEAR - 1 : placeOf(moment)
}

export function precisionOf({ month }: Moment): Precision {
  return month === null ? 'year' : 'month'
}

/** The moment at a place, which is rounded to the nearest step. */
export function momentAt(place: number, precision: Precision): Moment {
  const step = stepOf(precision)
  const months = Math.round(place / step) * step
  const year = Math.floor(months / YEAR)
  return { year, month: precision === 'year' ? null : months - year * YEAR + 1 }
}

/** Whole years lived at a place, of somebody born at another; a birth known by its year counts from January. */
export function ageAt(place: number, birth: Moment): number {
  return Math.floor((place - placeOf(birth)) / YEAR)
}
