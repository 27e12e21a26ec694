import type { Database } from '../store/database'
import { sha256Hex } from '../store/bytes'
import { BodyError, formBody, isForSite, type ContentReference, type FormBody } from '../store/feed_bodies'
import { deviceChain } from '../store/intake_key'
import { Malformed, PlaceError } from './failures'
import { parcelsWanted } from './parcels'
import type { Session } from './session'
import { Forged, type CheckedEntry, type Trust } from './trust'

const PAGE = 500
const PAGES = 200
const PAGE_BYTES = 32 * 1024 * 1024
const CONTENT_BYTES = 64 * 1024 * 1024
const CONTENT_MS = 120_000
/** A content may take longer the larger it is: a line that carries less is broken off. */
const SLOWEST_BYTES_PER_MS = 8
/** So much is read of an answer to a content in any case: a refusal can be longer than a small content. */
const ANSWER_BYTES = 64 * 1024

/** A break in the signed feed; `code` says which. What was kept before stays. */
export class FeedBroken extends Error {
  constructor(readonly code: 'feed.signature' | 'feed.gap' | 'feed.fork' | 'feed.previous' | 'content.differs') {
    super(code)
    this.name = 'FeedBroken'
  }
}

/** Follows the signed feed: checks each entry, keeps it, and fetches the contents that forms name. */
export class Feed {
  private readonly chains: readonly string[]

  constructor(
    private readonly database: Database,
    private readonly trust: Trust,
    device: string,
    /** Whether only what is said to this very device is read: all that a revoked one is given. */
    isRevoked = false,
  ) {
    this.chains = isRevoked ? [deviceChain(device)] : ['study', deviceChain(device)]
  }

  /** Raises `FeedBroken`, and what `Session.json` raises. */
  async follow(session: Session): Promise<void> {
    for (let page = 0; page < PAGES; page += 1) {
      const after: Record<string, number> = {}
      for (const chain of this.chains) after[chain] = (await this.head(chain)).number
      const answer = await session.json('/sync/feed', { method: 'POST', json: { after, limit: PAGE }, limit: PAGE_BYTES })
      if (!Array.isArray(answer['entries'])) throw new Malformed('entries')
      const kept = await this.take(answer['entries'] as unknown[])
      if (answer['more'] !== true || kept === 0) break
    }
    if (this.chains.includes('study')) await this.contents(session)
  }

  /** Checks entries and keeps those that continue a chain, up to the first break; gives their number. Raises `FeedBroken`. */
  async take(values: readonly unknown[]): Promise<number> {
    const entries: CheckedEntry[] = []
    let broken: FeedBroken | null = null
    for (const value of values) {
      try {
        const entry = await this.trust.entry(value)
        if (this.chains.includes(entry.chain)) entries.push(entry)
      } catch (error) {
        if (!(error instanceof Forged)) throw error
        broken = new FeedBroken('feed.signature')
        break
      }
    }
    const kept = await this.append(entries)
    broken = kept.broken ?? broken
    if (broken !== null) throw broken
    return kept.count
  }

  /** In one transaction, since each is flushed to disk. What continues its chain stays, also before a break. */
  private async append(entries: readonly CheckedEntry[]): Promise<{ count: number; broken: FeedBroken | null }> {
    return this.database.transaction('rw', this.database.feed, async () => {
      let count = 0
      for (const { chain, number, previous, hash, kind, body } of entries) {
        const known = await this.database.feed.get([chain, number])
        if (known?.hash === hash) continue
        // Central never signs two entries of one number: somebody made it do so.
        if (known !== undefined) return { count, broken: new FeedBroken('feed.fork') }
        const head = await this.head(chain)
        if (number !== head.number + 1) return { count, broken: new FeedBroken('feed.gap') }
        if (previous !== head.hash) return { count, broken: new FeedBroken('feed.previous') }
        await this.database.feed.add({ chain, number, hash, kind, body })
        count += 1
      }
      return { count, broken: null }
    })
  }

  private async head(chain: string): Promise<{ readonly number: number; readonly hash: string | null }> {
    const last = await this.database.feed.where('[chain+number]').between([chain, 0], [chain, Infinity]).last()
    return { number: last?.number ?? 0, hash: last?.hash ?? null }
  }

  /** Fetches what the newest version of each form of this site needs and is not here yet. */
  private async contents(session: Session): Promise<void> {
    const newest = new Map<string, FormBody>()
    const wanted = (await this.database.get('wanted')) ?? []
    const more: FormBody[] = []
    const rows = await this.database.feed.where('[chain+number]').between(['study', 0], ['study', Infinity]).toArray()
    for (const row of rows) {
      if (row.kind !== 'form') continue
      try {
        const form = formBody(row.body)
        newest.set(form.id, form)
        if (wanted.includes(form.version)) more.push(form)
      } catch (error) {
        if (!(error instanceof BodyError)) throw error
      }
    }
    // First what every form needs at least: one large file must not hold up the other forms.
    const site = (await this.database.get('enrolled'))?.site.id
    const needed = [...new Set([...[...newest.values()].filter((form) => isForSite(form, site)), ...more])]
    for (const form of needed) for (const content of [form.definition, form.xform]) await this.fetch(session, content)
    await this.caseLists(session)
    const files = needed.flatMap((form) => form.files)
    for (const file of files.sort((one, other) => one.size - other.size)) await this.fetch(session, file)
    // A node that has the entry may not have the parcel yet: the next round gets it.
    for (const parcel of await parcelsWanted(this.database)) await this.fetch(session, parcel).catch(passOver)
  }

  /** The list of each interviewer here. One that a place has not got has been replaced: the next entry names another. */
  private async caseLists(session: Session): Promise<void> {
    if ((await this.database.feed.where('kind').equals('cases').count()) === 0) return
    const { forgetReplaced, newestLists } = await import('../cases/room')
    for (const { list } of await newestLists(this.database)) await this.fetch(session, list).catch(passOver)
    await forgetReplaced(this.database)
  }

  private async fetch(session: Session, content: ContentReference): Promise<void> {
    if ((await this.database.contents.get(content.hash)) !== undefined || content.size > CONTENT_BYTES) return
    const timeout = CONTENT_MS + content.size / SLOWEST_BYTES_PER_MS
    const limit = Math.max(content.size, ANSWER_BYTES)
    const { bytes } = await session.call(`/sync/content/${content.hash}`, { limit, timeout })
    if (bytes.length !== content.size || (await sha256Hex(bytes)) !== content.hash) throw new FeedBroken('content.differs')
    await this.database.contents.put({ hash: content.hash, bytes })
  }
}

function passOver(error: unknown): void {
  if (!(error instanceof PlaceError) || error.code !== 'content.unknown') throw error
}
