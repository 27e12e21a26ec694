/** The tablet's clock against what the places say. Shown to a person, never decided by. */
import type { Database } from '../store/database'

/** Seconds of difference that are worth telling. */
const TOLD_SECONDS = 5 * 60
const DAY_MS = 24 * 60 * 60 * 1000
/** A certificate of a node lasts at most so long, and those of public authorities less. */
const CERTIFICATE_MS = 397 * DAY_MS

/** By how many seconds our clock is ahead, from an answer's `Date` header and our times around the call; null if unknown. */
export function secondsAhead(header: string | null, asked: number, answered: number): number | null {
  const theirs = Date.parse(header ?? '')
  if (Number.isNaN(theirs)) return null
  // The header has whole seconds and was written at some time between the two.
  if (theirs + 1000 < asked) return Math.round((asked - theirs) / 1000)
  if (theirs > answered) return Math.round((answered - theirs) / 1000)
  return 0
}

export function worthTelling(seconds: number | null): number | null {
  return seconds !== null && Math.abs(seconds) >= TOLD_SECONDS ? seconds : null
}

/**
 * Seconds (negative) by which the clock is behind what central has already dated, or null. It tells without any contact
 * what may be the reason that there is none: certificates are not yet valid for a clock that is behind.
 */
export async function behindCentral(database: Database, now: number): Promise<number | null> {
  return worthTelling(Math.min(0, Math.round((now - (await datedLast(database))) / 1000)))
}

/**
 * Whether the clock is so far from what central has dated last that certificates may not be valid by it: then no secure
 * connection comes about, and a browser does not say why.
 */
export async function stopsConnections(database: Database, now: number): Promise<boolean> {
  const latest = await datedLast(database)
  return latest > 0 && (now < latest - DAY_MS || now > latest + CERTIFICATE_MS)
}

/** The latest time that central has said, in milliseconds since 1970; 0 where it has said none. */
async function datedLast(database: Database): Promise<number> {
  const mark = await database.get('mark')
  return Math.max(0, ...[mark?.at, await database.get('placeTime')].map((at) => Date.parse(at ?? '') || 0))
}
