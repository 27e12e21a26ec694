/** Which pattern a country has: the first of the form's list have their own, in the order of the list. */
import type { Row } from './fields'

const OWN = 4

export type Pattern = '0' | '1' | '2' | '3' | 'other' | 'none'

export function patternOf(country: string | null, countries: readonly Row[]): Pattern {
  if (country === null) return 'none'
  const index = countries.findIndex(({ value }) => value === country)
  return index >= 0 && index < OWN ? (String(index) as Pattern) : 'other'
}
