/** The steps of a scale, in the order of the form: also one that goes down. */
import type { RangeBounds, Ticks } from '../../../form/model'

/** More steps than these are no list any more. */
const MOST = 1000

/** How many steps there are. */
export function countOf({ min, max, step }: RangeBounds): number {
  return step === 0 || Number.isNaN(step) ? 1 : Math.floor(Math.abs(max - min) / Math.abs(step) + 1e-9) + 1
}

/** The value of a step, by its number from 0, without the dust of binary fractions. */
export function valueAt({ min, max, step }: RangeBounds, at: number): number {
  return Number((min + at * Math.abs(step) * (max < min ? -1 : 1)).toFixed(6))
}

/** All steps as the instance has them; none where there are too many. */
export function stepsOf(bounds: RangeBounds): readonly string[] {
  const count = countOf(bounds)
  return count > MOST ? [] : Array.from({ length: count }, (_, at) => String(valueAt(bounds, at)))
}

/** The number from 0 of the step on which an answer stands; null where there is none. */
export function stepOf(bounds: RangeBounds, text: string): number | null {
  if (text === '') return null
  const at = Math.round(Math.abs(Number(text) - bounds.min) / Math.abs(bounds.step))
  return Number.isNaN(at) ? null : Math.min(at, countOf(bounds) - 1)
}

export interface Mark {
  /** Where it stands, from 0 at the beginning of the scale to 1 at its end. */
  readonly at: number
  readonly text: string
}

/** What is written at a scale: the form's words, and its numbers at marks or at least at the ends. */
export function marksOf(bounds: RangeBounds, ticks: Ticks | null, said: (value: number) => string): readonly Mark[] {
  const { min, max } = bounds
  const span = max - min || 1
  const place = (value: number): number => (value - min) / span
  const words = new Map((ticks?.labels ?? []).map(({ value, text }) => [value, text]))
  const interval = Math.abs(ticks?.interval ?? 0)
  const numbers = interval === 0 ? [min, max] : stepsOf({ min, max, step: interval }).map(Number)
  const values = words.size > 0 && interval === 0 ? [...words.keys()] : [...new Set([...numbers, ...words.keys()])]
  return values
    .filter((value) => place(value) >= 0 && place(value) <= 1)
    .map((value) => ({ at: place(value), text: words.get(value) ?? said(value) }))
    .sort((one, other) => one.at - other.at)
}
