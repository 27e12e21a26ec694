import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findingsOf, type Gap, type Life, type Overlap } from './findings'
import type { Spell } from './spell'
import { MOMENTS, MONTHLY, NOW, spells } from './testing/lives'
import { earliest, latest, placeOf, type Moment } from './time'

const CONTINUOUS: Life = { birth: null, now: NOW, continuous: new Set(['residence']) }
const year = (value: number): Moment => ({ year: value, month: null })

function spell(key: string, from: number, to: number | null, domain = 'residence'): Spell {
  return { key, domain, start: year(from), end: to === null ? null : year(to), isOpen: to === null }
}

const gaps = (told: readonly Spell[], life = CONTINUOUS): Gap[] =>
  findingsOf(told, life).filter((each): each is Gap => each.kind === 'gap')
const overlaps = (told: readonly Spell[], life = CONTINUOUS): Overlap[] =>
  findingsOf(told, life).filter((each): each is Overlap => each.kind === 'overlap')

describe('gaps', () => {
  it('are asked about between birth, spells and today, where somebody always is somewhere', () => {
    const told = [spell('a', 1985, 1994), spell('b', 1998, 2010)]
    const found = gaps(told, { ...CONTINUOUS, birth: year(1980) })
    expect(found.map(({ before, after, start, end }) => [before, after, start.year, end?.year ?? null])).toEqual([
      [null, 'a', 1980, 1985],
      ['a', 'b', 1994, 1998],
      ['b', null, 2010, null],
    ])
    expect(gaps(told, { ...CONTINUOUS, continuous: new Set() })).toEqual([])
  })

  it('are not asked about where one year follows the other', () => {
    expect(gaps([spell('a', 1980, 1995), spell('b', 1996, null)])).toEqual([])
    expect(gaps([spell('a', 1980, 1995), spell('b', 1997, null)])).toHaveLength(1)
  })

  it('are those months of which nothing is told', () => {
    fc.assert(
      fc.property(spells(MONTHLY, ['ended']), MONTHLY, (told, birth) => {
        fc.pre(told.length > 0 && told.every(({ start }) => placeOf(start) >= placeOf(birth)))
        const covered = new Set<number>([placeOf(birth)])
        for (const { start, end } of told) for (let m = placeOf(start); m <= placeOf(end ?? start); m++) covered.add(m)
        const expected = new Set<number>()
        for (let month = placeOf(birth); month < NOW; month++) if (!covered.has(month)) expected.add(month)
        const found = new Set<number>()
        for (const { from, to } of gaps(told, { ...CONTINUOUS, birth })) for (let m = from; m < to; m++) found.add(m)
        expect([...found].sort()).toEqual([...expected].sort())
      }),
    )
  })

  it('are gaps whatever the months were that nobody remembers', () => {
    fc.assert(
      fc.property(spells(MOMENTS, ['ended', 'open', 'unknown']), (told) => {
        for (const { from, to } of gaps(told)) {
          expect(to).toBeGreaterThan(from)
          for (const { start, end, isOpen } of told) {
            expect(earliest(start) < to && (isOpen || end === null ? NOW : latest(end)) >= from).toBe(false)
          }
        }
      }),
    )
  })
})

describe('overlaps', () => {
  it('are asked about at home and merely shown at work', () => {
    const told = [spell('a', 1980, 1996), spell('b', 1994, null)]
    expect(overlaps(told)).toMatchObject([{ first: 'a', second: 'b', isAsked: true }])
    const work = told.map((each) => ({ ...each, domain: 'work' }))
    expect(overlaps(work)).toMatchObject([{ first: 'a', second: 'b', isAsked: false }])
  })

  it('are none where one ends in the year in which the other begins, and none between domains', () => {
    expect(overlaps([spell('a', 1980, 1995), spell('b', 1995, null)])).toEqual([])
    expect(overlaps([spell('a', 1980, 1996), spell('b', 1985, null, 'work')])).toEqual([])
  })

  it('are there whatever the months were that nobody remembers, and found where all are known', () => {
    fc.assert(
      fc.property(spells(MOMENTS, ['ended', 'open']), (told) => {
        const found = new Set(overlaps(told).map(({ first, second }) => `${first} ${second}`))
        for (const { from, to } of overlaps(told)) expect(to).toBeGreaterThan(from)
        for (const [index, a] of told.entries()) {
          for (const b of told.slice(index + 1)) {
            const until = ({ end, isOpen }: Spell, of: (moment: Moment) => number): number =>
              isOpen || end === null ? NOW : of(end)
            const least = Math.min(until(a, earliest), until(b, earliest)) - Math.max(latest(a.start), latest(b.start))
            expect(found.has(`${a.key} ${b.key}`) || found.has(`${b.key} ${a.key}`)).toBe(least > 0)
          }
        }
      }),
    )
  })
})
