import { isObject } from '../store/feed_bodies'
import type { Bodies } from '../store/bodies'
import type { Bytes } from '../store/bytes'
import type { Database, ItemRow } from '../store/database'
import type { Items } from '../store/items'
import { packItem } from '../envelope'
import { Malformed, PlaceError } from './failures'
import type { Session } from './session'
import { Upload } from './upload'
import { readJson, readWord, type Word } from './words'

/** Milliseconds for one upload of at most a few MiB on a slow link. */
const UPLOAD_MS = 180_000
/** Refusals that say something of the place, and nothing of the item. */
const TRY_LATER: ReadonlySet<string> = new Set(['intake.quota.device', 'intake.quota.waiting', 'storage.full'])

/** Takes a receipt that came with an answer: checks it and keeps it. */
export type TakeReceipt = (receipt: unknown) => Promise<void>

/** Delivers what a place has not got: offer, batches, and uploads for what is larger than a batch. */
export class Delivery {
  private later: string | null = null

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly items: Items,
    private readonly bodies: Bodies,
    private readonly takeReceipt: TakeReceipt,
  ) {}

  /**
   * Gives the code of the place when it has no room for some of the items now, else null. Raises what `Session.call`
   * raises when the place fails; a single bad item is set aside and stops nothing.
   */
  async run(): Promise<string | null> {
    const { id } = this.session.place
    const pending = await this.items.pending(id, this.session.welcome.epoch)
    const { offerItems } = this.session.welcome.limits
    for (let at = 0; at < pending.length; at += offerItems) {
      const wanted = await this.offer(pending.slice(at, at + offerItems))
      const small = wanted.filter((item) => this.fits(item))
      for (const batch of this.batches(small)) await this.send(batch)
      for (const item of wanted) if (!this.fits(item)) await this.upload(item)
    }
    return this.later
  }

  private fits(item: ItemRow): boolean {
    return frameSize(item) <= this.session.welcome.limits.batchBytes
  }

  private async offer(items: readonly ItemRow[]): Promise<ItemRow[]> {
    const offered = items.map(({ instance, part, hash, size, priority }) => ({ instance, part, hash, size, priority }))
    const { answers } = await this.session.json('/sync/offer', { method: 'POST', json: { items: offered } })
    if (!Array.isArray(answers) || answers.length !== items.length) throw new Malformed('answers')
    const wanted: ItemRow[] = []
    for (const [index, item] of items.entries()) {
      const answer: unknown = answers[index]
      if (!isObject(answer)) throw new Malformed('answers')
      if (answer['answer'] === 'have') await this.keep(item, { state: 'held', code: null, receipt: answer['receipt'] })
      else wanted.push(item)
    }
    return wanted
  }

  private *batches(items: readonly ItemRow[]): Generator<ItemRow[]> {
    const { batchBytes, batchItems } = this.session.welcome.limits
    let batch: ItemRow[] = []
    let size = 0
    for (const item of items) {
      if (batch.length > 0 && (size + frameSize(item) > batchBytes || batch.length === batchItems)) {
        yield batch
        batch = []
        size = 0
      }
      batch.push(item)
      size += frameSize(item)
    }
    if (batch.length > 0) yield batch
  }

  /** Sends a batch. A batch that is refused whole is sent again item by item, so that only the culprit stays behind. */
  private async send(batch: readonly ItemRow[]): Promise<void> {
    let answer: Record<string, unknown>
    try {
      const body = new Blob(await Promise.all(batch.map((item) => this.frame(item))))
      const headers = { 'Content-Type': 'application/vnd.feldbuch.batch' }
      answer = readJson((await this.session.call('/sync/batch', { method: 'POST', headers, body, timeout: UPLOAD_MS })).bytes)
    } catch (error) {
      if (!speaksOfItem(error)) throw error
      if (batch.length > 1) for (const item of batch) await this.send([item])
      else for (const item of batch) await this.keep(item, { state: 'refused', code: error.code, receipt: null })
      return
    }
    const answers = answer['answers']
    if (!Array.isArray(answers)) throw new Malformed('answers')
    const unanswered = new Map(batch.map((item) => [item.hash, item]))
    let broken: string | null = null
    for (const each of answers as unknown[]) {
      const word = readWord(each)
      const hash = isObject(each) && typeof each['hash'] === 'string' ? each['hash'] : ''
      const item = unanswered.get(hash)
      if (item === undefined) broken ??= word.code
      else await this.keep(item, word)
      unanswered.delete(hash)
    }
    // The place could not read on: whose fault it was shows when each stands alone.
    for (const item of unanswered.values()) {
      if (batch.length > 1) await this.send([item])
      else await this.keep(item, { state: 'refused', code: broken, receipt: null })
    }
  }

  private async upload(item: ItemRow): Promise<void> {
    try {
      const cover = await this.cover(item)
      const upload = new Upload(this.session, item, cover, (from, to) => this.bodies.read(item.body, from, to))
      await this.keep(item, await upload.run())
    } catch (error) {
      if (!speaksOfItem(error)) throw error
      await this.keep(item, { state: 'refused', code: error.code, receipt: null })
    }
  }

  private async keep(item: ItemRow, word: Word): Promise<void> {
    const { epoch } = this.session.welcome
    if (word.state === 'refused' && word.code !== null && TRY_LATER.has(word.code)) {
      this.later = word.code
      return
    }
    await this.items.acknowledge(item.id, this.session.place.id, { state: word.state, code: word.code, epoch })
    if (word.receipt !== null && word.receipt !== undefined) await this.takeReceipt(word.receipt)
  }

  private async frame(item: ItemRow): Promise<Bytes> {
    const cover = await this.cover(item)
    return packItem(cover, await this.bodies.read(item.body, 0, item.size))
  }

  private async cover(item: ItemRow): Promise<Bytes> {
    const row = await this.database.covers.get(item.hash)
    if (row === undefined) throw new RangeError('an item without its cover')
    return row.bytes
  }
}

/** Whether a place's error speaks of what was sent, and not of the place or the session. */
export function speaksOfItem(error: unknown): error is PlaceError {
  return error instanceof PlaceError && [400, 409, 413, 415, 422, 460].includes(error.status)
}

function frameSize(item: ItemRow): number {
  return 8 + item.coverSize + item.size
}
