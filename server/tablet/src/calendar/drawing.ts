/** From a finger on a row to a spell: where it begins and ends, snapped to years or months and kept within the life. */
import type { Span } from './spell'
import { YEAR, latest, momentAt, placeOf, precisionOf, stepOf, type Moment, type Precision } from './time'

export interface Limits {
  /** The first month that anything can begin in. */
  readonly from: number
  /** The present month: what reaches it goes on. */
  readonly now: number
}

/** Which part of a spell is held. */
export type Grip = 'start' | 'end' | 'whole'

/** A spell from one place to another, in either direction. At least one step long; what reaches the present goes on. */
export function drawn(anchor: number, place: number, precision: Precision, limits: Limits): Span {
  const step = stepOf(precision)
  const [from, to] = anchor <= place ? [anchor, place] : [place, anchor]
  const lastStart = Math.floor(limits.now / step) * step
  const start = within(snap(from, step), ceil(limits.from, step), lastStart)
  const end = Math.max(snap(to, step), start)
  return ended(momentAt(start, precision), end === start ? start + step : end, precision, limits)
}

/**
 * A spell one of whose ends was taken to a place, or that was moved by a distance in months. Only what is held changes:
 * the other end stays as exactly known as it was.
 */
export function changed(span: Span, grip: Grip, place: number, precision: Precision, limits: Limits): Span {
  const step = stepOf(precision)
  if (grip === 'whole') return moved(span, place, step, limits)
  if (grip === 'end') {
    // Of a year that is known without its month, the beginning may lie in the middle of it.
    const least = Math.floor(placeOf(span.start) / step) * step
    return ended(span.start, Math.max(snap(place, step), least), precision, limits)
  }
  const last = span.end === null ? limits.now : latest(span.end)
  const first = ceil(limits.from, step)
  const start = within(snap(place, step), first, Math.max(first, Math.floor(last / step) * step))
  return { ...span, start: momentAt(start, precision) }
}

/**
 * A spell one of whose ends was taken some steps further: months where that end is known by its month, else steps of the
 * precision. What goes on ends where it is taken back.
 */
export function nudged(span: Span, grip: Exclude<Grip, 'whole'>, steps: number, precision: Precision, limits: Limits): Span {
  const held = grip === 'start' ? span.start : span.end
  const own = held?.month == null ? precision : 'month'
  const place = held === null ? unended(span, own, limits) : placeOf(held)
  return changed(span, grip, place + steps * stepOf(own), own, limits)
}

/** Where the end of a spell without one is taken from: the first step that would go on, or where it begins. */
function unended({ start, isOpen }: Span, precision: Precision, { now }: Limits): number {
  if (!isOpen) return placeOf(start)
  return precision === 'year' ? (Math.floor(now / YEAR) + 1) * YEAR : now
}

function moved(span: Span, distance: number, step: number, limits: Limits): Span {
  const { start, end } = span
  // A year has no months to move by.
  const isByYears = precisionOf(start) === 'year' || (end !== null && precisionOf(end) === 'year')
  const by = snap(distance, isByYears ? YEAR : step)
  const last = span.isOpen || end === null ? limits.now : placeOf(end)
  const least = Math.ceil((limits.from - placeOf(start)) / YEAR) * YEAR
  const most = span.isOpen ? limits.now - placeOf(start) : limits.now - last
  const bounded = within(by, Math.min(0, isByYears ? least : limits.from - placeOf(start)), Math.max(0, stepped(most, isByYears)))
  const shift = (moment: Moment): Moment => momentAt(placeOf(moment) + bounded, precisionOf(moment))
  return { start: shift(start), end: end === null ? null : shift(end), isOpen: span.isOpen }
}

function stepped(months: number, isByYears: boolean): number {
  return isByYears ? Math.floor(months / YEAR) * YEAR : months
}

/** What begins at `start` and ends at a place; it goes on where the next step would be later than the present. */
function ended(start: Moment, end: number, precision: Precision, { now }: Limits): Span {
  if (end + (precision === 'year' ? 0 : 1) > now) return { start, end: null, isOpen: true }
  return { start, end: momentAt(end, precision), isOpen: false }
}

function snap(place: number, step: number): number {
  return Math.round(place / step) * step
}

function ceil(place: number, step: number): number {
  return Math.ceil(place / step) * step
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most))
}
