/**
 * What a life history leaves open: times of which nothing is told, and times that are told twice.
 *
 * Only what is certain is found: who lived in one town until 1995 and in the next from 1996 on may have moved at New
 * Year, and is not asked.
 */
import type { Spell } from './spell'
import { earliest, latest, type Moment } from './time'

/** Nothing is told of the months from `from` up to, not including, `to`. */
export interface Gap {
  readonly kind: 'gap'
  readonly domain: string
  readonly from: number
  readonly to: number
  /** Keys of the spells around it. Null before the first (the gap begins at birth) and after the last (it lasts to now). */
  readonly before: string | null
  readonly after: string | null
  /** As exactly as they are known, for the question: where it begins, and where it ends, or null where that is now. */
  readonly start: Moment
  readonly end: Moment | null
}

/** Two spells at once, at least from `from` up to `to`. `second` is the one that began later. */
export interface Overlap {
  readonly kind: 'overlap'
  readonly domain: string
  readonly from: number
  readonly to: number
  readonly first: string
  readonly second: string
  /** Whether it is to be asked about; else it is merely shown. */
  readonly isAsked: boolean
}

export type Finding = Gap | Overlap

export interface Life {
  readonly birth: Moment | null
  /** The present month. */
  readonly now: number
  /** Domains in which a person always is somewhere, and in one place only. */
  readonly continuous: ReadonlySet<string>
}

/** Every certain gap in a continuous domain, and every certain overlap in any, by domain and time. */
export function findingsOf(spells: readonly Spell[], life: Life): readonly Finding[] {
  const byDomain = new Map<string, Spell[]>()
  for (const spell of spells) byDomain.set(spell.domain, [...(byDomain.get(spell.domain) ?? []), spell])
  return [...byDomain].flatMap(([domain, own]) => {
    const ordered = inTime(own)
    const gaps = life.continuous.has(domain) ? gapsIn(domain, ordered, life) : []
    return [...gaps, ...overlapsIn(domain, ordered, life)].sort((a, b) => a.from - b.from)
  })
}

/** By beginning, then by end. */
export function inTime<S extends Spell>(spells: readonly S[]): readonly S[] {
  return [...spells].sort((a, b) => earliest(a.start) - earliest(b.start) || lastMonth(a, 0) - lastMonth(b, 0))
}

/** The last month that a spell can have reached. Nobody knows of an unknown end that it was not today. */
function lastMonth({ start, end, isOpen }: Spell, now: number): number {
  if (isOpen || end === null) return Math.max(now, latest(start))
  return Math.max(latest(end), latest(start))
}

/** The month before which a spell cannot have ended. */
function surelyUntil({ start, end, isOpen }: Spell, now: number): number {
  if (isOpen) return now
  return end === null ? earliest(start) : earliest(end)
}

function gapsIn(domain: string, ordered: readonly Spell[], { birth, now }: Life): readonly Gap[] {
  const gaps: Gap[] = []
  let reached: { month: number; moment: Moment | null; key: string | null } | null =
    birth === null ? null : { month: latest(birth), moment: birth, key: null }
  for (const spell of ordered) {
    const begins = earliest(spell.start)
    if (reached !== null && reached.moment !== null && begins > reached.month + 1) {
      const { month, moment, key } = reached
      const around = { before: key, after: spell.key, start: moment, end: spell.start }
      gaps.push({ kind: 'gap', domain, from: month + 1, to: begins, ...around })
    }
    const month = lastMonth(spell, now)
    if (reached === null || month >= reached.month) reached = { month, moment: spell.end, key: spell.key }
  }
  if (ordered.length > 0 && reached !== null && reached.moment !== null && now > reached.month + 1) {
    const around = { before: reached.key, after: null, start: reached.moment, end: null }
    gaps.push({ kind: 'gap', domain, from: reached.month + 1, to: now, ...around })
  }
  return gaps
}

function overlapsIn(domain: string, ordered: readonly Spell[], { now, continuous }: Life): readonly Overlap[] {
  return ordered.flatMap((first, index) =>
    ordered.slice(index + 1).flatMap((second) => {
      const from = Math.max(latest(first.start), latest(second.start))
      const to = Math.min(surelyUntil(first, now), surelyUntil(second, now))
      if (to <= from) return []
      const isAsked = continuous.has(domain)
      return [{ kind: 'overlap' as const, domain, from, to, first: first.key, second: second.key, isAsked }]
    }),
  )
}
