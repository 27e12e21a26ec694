import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changed, drawn, nudged, type Grip } from './drawing'
import { eventMoment } from './events'
import { lanesOf } from './lanes'
import { across, fitting, labelledYears, placeAt, precisionAt, yearsOf, zoomed } from './scale'
import { extentOf, type Span } from './spell'
import { MOMENTS, NOW, PRECISIONS, spells } from './testing/lives'
import { ageAt, earliest, latest, momentAt, placeOf, precisionOf } from './time'

const LIMITS = { from: 1950 * 12, now: NOW }
const PLACES = fc.double({ min: 1930 * 12, max: 2040 * 12, noNaN: true })
const GRIPS = fc.constantFrom<Grip>('start', 'end', 'whole')

/** Neither before the life nor after today, and not the wrong way round. */
function isPossible({ start, end, isOpen }: Span): boolean {
  const isOrdered = end === null || earliest(start) <= latest(end)
  const isWithin = latest(start) >= LIMITS.from && placeOf(start) <= NOW && (end === null || placeOf(end) <= NOW)
  return isOrdered && isWithin && isOpen === (end === null)
}

describe('a spell that is drawn', () => {
  it('is possible, the same in both directions, and snapped', () => {
    fc.assert(
      fc.property(PLACES, PLACES, PRECISIONS, (anchor, place, precision) => {
        const span = drawn(anchor, place, precision, LIMITS)
        expect(isPossible(span)).toBe(true)
        expect(drawn(place, anchor, precision, LIMITS)).toEqual(span)
        expect(precisionOf(span.start)).toBe(precision)
        const to = span.end === null ? NOW + 12 : placeOf(span.end)
        expect(drawn(placeOf(span.start), to, precision, LIMITS)).toEqual(span)
      }),
    )
  })

  it('reaches from line to line, and what reaches today goes on', () => {
    const [from, to] = [1980.4 * 12, 1994.6 * 12]
    expect(drawn(from, to, 'year', LIMITS)).toEqual({
      start: { year: 1980, month: null },
      end: { year: 1995, month: null },
      isOpen: false,
    })
    expect(drawn(from, NOW, 'year', LIMITS)).toMatchObject({ end: null, isOpen: true })
    expect(drawn(from, NOW - 0.4, 'month', LIMITS)).toMatchObject({ start: { year: 1980, month: 6 }, isOpen: true })
  })
})

describe('a spell that is changed', () => {
  it('stays possible, and keeps what is not held as exactly known as it was', () => {
    fc.assert(
      fc.property(spells(MOMENTS, ['ended', 'open']), GRIPS, PLACES, PRECISIONS, (told, grip, place, precision) => {
        for (const span of told) {
          const distance = grip === 'whole' ? place - 1985 * 12 : place
          const after = changed(span, grip, distance, precision, LIMITS)
          expect(isPossible({ ...after, isOpen: after.end === null })).toBe(true)
          if (grip === 'end') expect(after.start).toEqual(span.start)
          if (grip === 'start') expect(after.end).toEqual(span.end)
          if (grip !== 'whole') continue
          expect(precisionOf(after.start)).toBe(precisionOf(span.start))
          if (span.end === null || after.end === null) continue
          expect(placeOf(after.end) - placeOf(after.start)).toBe(placeOf(span.end) - placeOf(span.start))
        }
      }),
    )
  })

  it('goes on when its end is taken to today, and ends when it is taken back', () => {
    const span: Span = { start: momentAt(1990 * 12, 'year'), end: momentAt(1995 * 12, 'year'), isOpen: false }
    const open = changed(span, 'end', NOW + 4, 'year', LIMITS)
    expect(open).toEqual({ ...span, end: null, isOpen: true })
    expect(changed(open, 'end', 1995 * 12, 'year', LIMITS)).toEqual(span)
  })
})

describe('a step', () => {
  const at = (year: number, month: number | null = null) => ({ year, month })

  it('is a year where the year is known, and a month where the month is', () => {
    const span: Span = { start: at(1990), end: at(1994, 12), isOpen: false }
    expect(nudged(span, 'start', -1, 'year', LIMITS)).toEqual({ ...span, start: at(1989) })
    expect(nudged(span, 'end', 1, 'year', LIMITS)).toEqual({ ...span, end: at(1995, 1) })
    const short: Span = { start: at(1990), end: at(1990), isOpen: false }
    expect(nudged(short, 'end', 1, 'year', LIMITS).end).toEqual(at(1991))
    expect(nudged(short, 'end', -1, 'year', LIMITS)).toEqual(short)
  })

  it('ends what goes on, and back it goes on again', () => {
    const span: Span = { start: at(1990), end: null, isOpen: true }
    const ended = nudged(span, 'end', -1, 'year', LIMITS)
    expect(ended).toEqual({ ...span, end: at(2026), isOpen: false })
    expect(nudged(ended, 'end', 1, 'year', LIMITS)).toEqual(span)
    expect(nudged(span, 'end', -1, 'month', LIMITS).end).toEqual(at(2026, 10))
    expect(nudged(span, 'end', 1, 'year', LIMITS)).toEqual(span)
  })

  it('leaves a spell possible', () => {
    const grips = fc.constantFrom('start' as const, 'end' as const)
    fc.assert(
      fc.property(spells(MOMENTS, ['ended', 'open', 'unknown']), grips, fc.integer({ min: -9, max: 9 }), PRECISIONS, (told, grip, steps, precision) => {
        for (const span of told) {
          const after = nudged(span, grip, steps, precision, LIMITS)
          if (grip === 'start' && span.end === null && !span.isOpen) continue
          expect(isPossible(after)).toBe(true)
        }
      }),
    )
  })
})

describe('lanes', () => {
  it('cover nothing, and are as few as are needed at one time', () => {
    const extent = fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 60 })).map(([from, length]) => ({ from, to: from + length }))
    fc.assert(
      fc.property(fc.array(extent, { maxLength: 20 }), (extents) => {
        const { of, count } = lanesOf(extents)
        for (const [i, a] of extents.entries())
          for (const [j, b] of extents.entries())
            if (i < j && of[i] === of[j]) expect(a.to <= b.from || b.to <= a.from).toBe(true)
        const most = Math.max(1, ...extents.map(({ from }) => extents.filter((e) => e.from <= from && from < e.to).length))
        expect(count).toBe(most)
        expect(of.every((lane) => lane < count)).toBe(true)
      }),
    )
  })

  it('of spells that meet in a year are one', () => {
    const at = (from: number, to: number) => ({ start: momentAt(from * 12, 'year'), end: momentAt(to * 12, 'year'), isOpen: false })
    expect(lanesOf([at(1980, 1995), at(1995, 2003)].map((span) => extentOf(span, NOW))).count).toBe(1)
  })
})

describe('what is drawn', () => {
  it('is at least one step wide and begins where the spell begins', () => {
    fc.assert(
      fc.property(spells(MOMENTS, ['ended', 'open', 'unknown']), (told) => {
        for (const span of told) {
          const { from, to } = extentOf(span, NOW)
          expect(from).toBe(placeOf(span.start))
          expect(to).toBeGreaterThan(from)
        }
      }),
    )
  })

  it('stands where a finger finds it again', () => {
    fc.assert(
      fc.property(PLACES, fc.double({ min: 4, max: 300, noNaN: true }), (place, perYear) => {
        const scale = { first: 1950, end: 2027, perYear }
        expect(placeAt(scale, across(scale, place))).toBeCloseTo(place, 3)
      }),
    )
  })
})

describe('the years', () => {
  it('begin at birth, and never after what was told', () => {
    expect(yearsOf(1971, [1990], 2026)).toEqual({ first: 1971, end: 2027 })
    expect(yearsOf(null, [], 2026)).toEqual({ first: 1966, end: 2027 })
    expect(yearsOf(null, [1950], 2026).first).toBe(1950)
    expect(yearsOf(1971, [1970], 2026).first).toBe(1970)
  })

  it('have labels that do not touch each other', () => {
    fc.assert(
      fc.property(fc.double({ min: 4, max: 300, noNaN: true }), (perYear) => {
        const labels = labelledYears({ first: 1953, end: 2027, perYear })
        for (const [index, year] of labels.entries()) {
          expect(year).toBeGreaterThanOrEqual(1953)
          if (index > 0) expect((year - (labels[index - 1] ?? 0)) * perYear).toBeGreaterThanOrEqual(60)
        }
      }),
    )
  })

  it('are zoomed between all at once and months', () => {
    const fit = fitting(1966, 2027, 610)
    expect(fit).toBe(10)
    expect(zoomed(fit, 0.5, fit)).toBe(fit)
    expect(zoomed(200, 9, fit)).toBe(300)
    expect([precisionAt(fit, true), precisionAt(200, true), precisionAt(200, false)]).toEqual(['year', 'month', 'year'])
  })

  it('have an age beside them', () => {
    expect(ageAt(1990 * 12, { year: 1971, month: null })).toBe(19)
    expect(ageAt(1990 * 12 + 4, { year: 1971, month: 6 })).toBe(18)
  })
})

it('an event tells its year, and its month if it has one', () => {
  expect(eventMoment('accession_2007')).toEqual({ year: 2007, month: null })
  expect(eventMoment('wall_1989_11')).toEqual({ year: 1989, month: 11 })
  expect(eventMoment('2020_03')).toEqual({ year: 2020, month: 3 })
  expect([eventMoment('covid'), eventMoment('in_1989_13')]).toEqual([null, null])
})
