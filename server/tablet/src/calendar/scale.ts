/** How time becomes width: pixels for a year, the years that are labelled, and what a finger can be held to. */
import { YEAR, type Precision } from './time'

export interface Scale {
  /** The first year that is drawn. */
  readonly first: number
  /** The year after the last one that is drawn. */
  readonly end: number
  /** Pixels for a year. */
  readonly perYear: number
}

/** Room that a year's label needs, in pixels. */
const LABEL = 60
/** From this width of a year on, months are wide enough to be meant. */
const MONTHS = 120
const WIDEST = 300
const NARROWEST = 4
const LABEL_STEPS = [1, 2, 5, 10, 20]

/** Position of a place in time, in pixels from the left. */
export function across({ first, perYear }: Scale, place: number): number {
  return (place / YEAR - first) * perYear
}

/** The place in time at a position, in months and parts of them. */
export function placeAt({ first, perYear }: Scale, pixels: number): number {
  return (pixels / perYear + first) * YEAR
}

/** Pixels for a year at which all years fit into a width. */
export function fitting(first: number, end: number, width: number): number {
  return Math.max(NARROWEST, width / Math.max(1, end - first))
}

/** Pixels for a year after a zoom: never narrower than all years at once, never wider than anybody needs. */
export function zoomed(perYear: number, factor: number, fit: number): number {
  return Math.min(Math.max(perYear * factor, fit), Math.max(WIDEST, fit))
}

export function precisionAt(perYear: number, hasMonths: boolean): Precision {
  return hasMonths && perYear >= MONTHS ? 'month' : 'year'
}

/** Every how many years a label stands. */
export function labelStep(perYear: number): number {
  return LABEL_STEPS.find((step) => step * perYear >= LABEL) ?? 50
}

/** The years that are labelled. */
export function labelledYears({ first, end, perYear }: Scale): readonly number[] {
  const step = labelStep(perYear)
  const from = Math.ceil(first / step) * step
  return Array.from({ length: Math.max(0, Math.ceil((end - from) / step)) }, (_, index) => from + index * step)
}

/** The years of a life: from birth, else the last sixty; what was told from before that is never cut off. */
export function yearsOf(birth: number | null, told: readonly number[], present: number): { first: number; end: number } {
  const first = Math.min(birth ?? present - 60, present, ...told)
  return { first, end: present + 1 }
}
