import type { RecordingFiles } from '../recording/files'
import { TabletError } from '../services'
import type { Bodies } from '../store/bodies'
import type { Database, EnrolledRow } from '../store/database'
import { Items } from '../store/items'
import { Pruner } from '../store/pruner'
import { lockAway } from '../store/revoked'
import { CENTRAL } from '../store/whereabouts'
import type { Backoff } from './backoff'
import { Delivery } from './deliver'
import { Malformed, PlaceError, Unreachable } from './failures'
import { Feed, FeedBroken } from './feed'
import type { Http } from './http'
import type { Pace } from './pace'
import { deliverRecovery, owesRecovery } from './owed'
import { placesOf, remember, remembered, type Place } from './places'
import { Receipts } from './receipts'
import { Reconciling } from './reconciling'
import { Session, type SignHello } from './session'
import { Trust } from './trust'

/** A node alone serves for this long; then central is asked too, in case the node forwards nothing. */
const CENTRAL_AT_LEAST_MS = 24 * 60 * 60 * 1000

export type Phase = 'contacting' | 'delivering' | 'fetching'

/** What rounds need of the rooms around them. */
export interface Means {
  readonly database: Database
  readonly bodies: Bodies
  readonly recordings: RecordingFiles | null
  readonly locks: LockManager
  readonly http: Http
  readonly sign: SignHello
  readonly backoff: Backoff
  readonly now: () => Date
  /** Says what is going on, and that something may have changed. */
  readonly report: (phase: Phase) => void
  readonly pace: Pace
  /** Hears by how many seconds our clock is ahead of central's. */
  readonly clock: (secondsAhead: number) => void
}

/**
 * One round over the places. Gives the code of a problem that a person should know of, null for none, or undefined
 * when no place may be asked yet.
 */
export async function runRound(means: Means): Promise<string | null | undefined> {
  const enrolled = await means.database.get('enrolled')
  if (enrolled === undefined) return null
  let problem: string | null | undefined
  let served = false
  for (const place of await placesOf(means.database)) {
    if (!means.backoff.free(place.id)) continue
    if (served && !(place.id === CENTRAL && ((await longSilent(means)) || (await owesRecovery(means.database))))) continue
    try {
      const told = await visit(means, enrolled, place)
      if (!served) problem = told
      served = true
    } catch (error) {
      means.backoff.failed(place.id, error instanceof PlaceError ? error.retryAfter : null)
      // Something that answered says more than a place that did not.
      if (!served && (problem === undefined || !(error instanceof Unreachable))) problem = codeOf(error)
    }
  }
  if (served) await makeRoom(means)
  return problem
}

/** Deletes the bytes of what is durable at central. What cannot be deleted now is deleted after another round. */
async function makeRoom({ database, recordings, locks }: Means): Promise<void> {
  await new Pruner(database, recordings, locks).prune().catch(() => 0)
}

/** One place: hello, deliver, receipts and mark, feed. Gives a code worth telling, or null. */
async function visit(means: Means, enrolled: EnrolledRow, place: Place): Promise<string | null> {
  const { database } = means
  const trust = new Trust(enrolled.pinned, enrolled.study)
  const items = new Items(database)
  const receipts = new Receipts(database, items, trust)
  means.report('contacting')
  const session = new Session(place, means.http, enrolled.study, means.sign)
  const welcome = await session.open()
  // A node's own clock may be as wrong as ours.
  if (place.id === CENTRAL && session.secondsAhead !== null) {
    means.clock(session.secondsAhead)
    await database.put('placeTime', new Date(means.now().getTime() - session.secondsAhead * 1000).toISOString())
  }
  await remember(database, place.id, { lastContact: means.now().toISOString() })
  await database.put('lastPlace', place.id)
  await receipts.learnEpoch(session)
  await receipts.takeMark(welcome.mark)
  // It stays owed until it is taken, and must hold up no interview.
  if (place.id === CENTRAL) await deliverRecovery(database, means.http, place.url).catch(() => undefined)
  means.report('delivering')
  const take = (value: unknown): Promise<void> => receipts.take(value)
  const delivery = new Delivery(session, database, items, means.bodies, take, means.pace)
  const later = await delivery.run()
  means.report('fetching')
  await receipts.follow(session)
  let alarm = receipts.forged ? 'receipt.signature' : null
  try {
    // A place that does not know the device gives it nothing but its receipts, and to a revoked one that it is revoked.
    const isRevoked = welcome.standing === 'revoked'
    if (welcome.standing !== 'unknown') await new Feed(database, trust, enrolled.device, isRevoked).follow(session)
    if (await lockAway(database, enrolled.device)) means.report('fetching')
  } catch (error) {
    if (!(error instanceof FeedBroken)) throw error
    alarm = error.code
  } finally {
    await remember(database, place.id, { alarm })
  }
  let unable = later
  const reconciling = new Reconciling(session, database, means.bodies, means.now)
  // What the place has lost goes there once more.
  if (await reconciling.run()) {
    means.report('delivering')
    unable ??= await new Delivery(session, database, items, means.bodies, take, means.pace).run()
  }
  // What it could not do now another place may.
  if (unable !== null) throw unable
  means.backoff.succeeded(place.id, welcome.pause)
  return welcome.standing === 'revoked' ? 'device.revoked' : null
}

async function longSilent(means: Means): Promise<boolean> {
  const { lastContact } = await remembered(means.database, CENTRAL)
  return lastContact === null || means.now().getTime() - Date.parse(lastContact) > CENTRAL_AT_LEAST_MS
}

function codeOf(error: unknown): string {
  // A full disk over there must not read like a full tablet, and a place at its limit only asks for a pause.
  if (error instanceof PlaceError && error.status === 507) return 'place.full'
  if (error instanceof PlaceError && (error.status === 429 || error.status === 503)) return 'sync.pause'
  if (error instanceof PlaceError || error instanceof TabletError) return error.code
  if (error instanceof Unreachable) return 'network.unreachable'
  if (error instanceof Malformed) return error.what === 'place.foreign' ? 'place.foreign' : 'place.malformed'
  return 'sync.failed'
}
