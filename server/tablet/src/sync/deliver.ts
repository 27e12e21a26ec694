import { isObject } from '../store/feed_bodies'
import type { Bodies } from '../store/bodies'
import type { Bytes } from '../store/bytes'
import type { Database, ItemRow } from '../store/database'
import type { Items } from '../store/items'
import { packItem } from '../envelope'
import { Malformed, PlaceError, Unreachable } from './failures'
import { Progress, STUMBLES, type Pace } from './pace'
import type { Session } from './session'
import { Upload } from './upload'
import { readJson, readWord, type Word } from './words'

/** Milliseconds for one upload of at most a few MiB on a slow link. */
const UPLOAD_MS = 180_000
/** Refusals that say something of the place, and nothing of the item. */
const TRY_LATER: ReadonlySet<string> = new Set([
  'intake.quota.device',
  'intake.quota.waiting',
  'upload.too_many',
])

/** Refusals that speak of the place, met so often, end the delivery for this round. */
const PUT_OFF_AT_MOST = 20
/** Faults of the place over single items, met so often, are the place's. */
const FAULTS_AT_MOST = 3

/** Takes a receipt that came with an answer: checks it and keeps it. */
export type TakeReceipt = (receipt: unknown) => Promise<void>

/** Delivers what a place has not got: offer, batches, and uploads for what is larger than a batch. */
export class Delivery {
  private problem: PlaceError | null = null
  private putOff = 0
  private faults = 0
  /** Items that had their turn in this round, by id. */
  private readonly tried = new Set<string>()
  private readonly progress: Progress

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly items: Items,
    private readonly bodies: Bodies,
    private readonly takeReceipt: TakeReceipt,
    private readonly pace: Pace,
  ) {
    this.progress = new Progress(pace.progress)
  }

  /**
   * Records first, then small media, then recordings; what is finished meanwhile goes before media that are left. Gives
   * what the place could not do for some of the items now, else null. Raises what `Session.call` raises when the place
   * fails; a single bad item is set aside and stops nothing.
   */
  async run(): Promise<PlaceError | null> {
    await this.deliver(() => true)
    return this.problem
  }

  private async deliver(wanted: (item: ItemRow) => boolean): Promise<void> {
    const pending = await this.pending(wanted)
    this.progress.expect(pending.length, sum(pending))
    const { offerItems } = this.session.welcome.limits
    for (let at = 0; at < pending.length; at += offerItems) {
      await this.deliverSome(await this.offer(pending.slice(at, at + offerItems)))
    }
  }

  /** Small ones together, a large one alone, all in their order. */
  private async deliverSome(items: readonly ItemRow[]): Promise<void> {
    let small: ItemRow[] = []
    const flush = async (): Promise<void> => {
      for (const batch of this.batches(small)) await this.send(this.allowed(batch))
      small = []
    }
    for (const item of items) {
      if (this.fits(item)) {
        small.push(item)
        continue
      }
      await flush()
      await this.freshRecords()
      for (const each of this.allowed([item])) await this.upload(each)
    }
    await flush()
  }

  /** What is waiting for this place and had no turn yet, in the order in which it goes. */
  private async pending(wanted: (item: ItemRow) => boolean): Promise<ItemRow[]> {
    const found = await this.items.pending(this.session.place.id, this.session.welcome.epoch)
    const pending = found.filter((item) => wanted(item) && !this.tried.has(item.id))
    const stumbled = ({ id }: ItemRow): number => Math.max(STUMBLES - 1, this.pace.stumbles.get(id) ?? 0)
    const size = (item: ItemRow): number => (this.fits(item) ? 0 : 1)
    pending.sort((a, b) => stumbled(a) - stumbled(b) || a.priority - b.priority || size(a) - size(b))
    for (const { id } of pending) this.tried.add(id)
    return this.allowed(pending)
  }

  /** Without media while they wait for a better line. */
  private allowed(items: readonly ItemRow[]): ItemRow[] {
    const reason = this.pace.thrift()
    if (reason === null) return [...items]
    const media = items.filter(({ priority }) => priority > 0)
    if (media.length > 0) this.pace.heldBack({ reason, parts: media.length, bytes: sum(media) })
    return items.filter(({ priority }) => priority === 0)
  }

  private async freshRecords(): Promise<void> {
    if (this.pace.fresh()) await this.deliver(({ priority }) => priority === 0)
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
      const isAlone = [item, ...batch].some(({ id }) => (this.pace.stumbles.get(id) ?? 0) >= STUMBLES)
      if (batch.length > 0 && (isAlone || size + frameSize(item) > batchBytes || batch.length === batchItems)) {
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
  private async send(items: readonly ItemRow[]): Promise<void> {
    const { batch, body } = await this.framed(items)
    if (batch.length === 0) return
    let answer: Record<string, unknown>
    try {
      const headers = { 'Content-Type': 'application/vnd.feldbuch.batch' }
      answer = readJson((await this.session.call('/sync/batch', { method: 'POST', headers, body, timeout: UPLOAD_MS })).bytes)
    } catch (error) {
      if (batch.length > 1 && (speaksOfItem(error) || isFault(error))) for (const item of batch) await this.send([item])
      else await this.failed(batch, error)
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
      const read = (from: number, to: number): Promise<Bytes> => this.bodies.read(item.body, from, to)
      const between = async (offset: number): Promise<boolean> => {
        this.progress.tell(offset)
        await this.freshRecords()
        return this.allowed([item]).length > 0
      }
      const word = await new Upload(this.session, item, await this.cover(item), read, between).run()
      if (word !== null) await this.keep(item, word)
    } catch (error) {
      await this.failed([item], error)
    }
  }

  /** Something went wrong over these: raises what the place or the line has to answer for, and keeps what is an item's own. */
  private async failed(items: readonly ItemRow[], error: unknown): Promise<void> {
    const code = error instanceof RangeError ? 'storage.lost' : speaksOfItem(error) ? error.code : null
    if (code !== null) {
      for (const item of items) await this.keep(item, { state: 'refused', code, receipt: null })
    } else if (error instanceof PlaceError && TRY_LATER.has(error.code)) {
      for (const item of items) this.later(item, error)
    } else {
      const isOwn = error instanceof Unreachable || isFault(error)
      for (const { id } of isOwn ? items : []) this.pace.stumbles.set(id, (this.pace.stumbles.get(id) ?? 0) + 1)
      if (!isFault(error) || this.faults >= FAULTS_AT_MOST) throw error
      this.faults += 1
      this.problem = error
      for (const item of items) this.progress.through(item.size)
    }
  }

  /** It has no room now: another place may have. */
  private later(item: ItemRow, error: PlaceError): void {
    this.problem = error
    this.putOff += 1
    if (this.putOff >= PUT_OFF_AT_MOST) throw error
    this.progress.through(item.size)
  }

  private async keep(item: ItemRow, word: Word): Promise<void> {
    const { epoch } = this.session.welcome
    if (word.state === 'refused' && word.code !== null && TRY_LATER.has(word.code)) {
      this.later(item, new PlaceError(word.code === 'storage.full' ? 507 : 503, word.code, null))
      return
    }
    this.pace.stumbles.delete(item.id)
    await this.items.acknowledge(item.id, this.session.place.id, { state: word.state, code: word.code, epoch })
    if (word.receipt !== null && word.receipt !== undefined) await this.takeReceipt(word.receipt)
    this.progress.through(item.size)
  }

  /** The body of a batch, without what this browser has lost: that is set aside. */
  private async framed(items: readonly ItemRow[]): Promise<{ readonly batch: readonly ItemRow[]; readonly body: Blob }> {
    const batch: ItemRow[] = []
    const frames: Bytes[] = []
    for (const item of items) {
      try {
        frames.push(packItem(await this.cover(item), await this.bodies.read(item.body, 0, item.size)))
        batch.push(item)
      } catch (error) {
        await this.failed([item], error)
      }
    }
    return { batch, body: new Blob(frames) }
  }

  private async cover(item: ItemRow): Promise<Bytes> {
    const row = await this.database.covers.get(item.hash)
    if (row === undefined) throw new RangeError('an item without its cover')
    return row.bytes
  }
}

function sum(items: readonly ItemRow[]): number {
  return items.reduce((bytes, { size }) => bytes + size, 0)
}

/** Whether the place broke down over what was sent; a proxy's 502 speaks of the place. */
function isFault(error: unknown): error is PlaceError {
  return error instanceof PlaceError && error.status === 500
}

/** Whether a place's error speaks of what was sent, and not of the place or the session. */
export function speaksOfItem(error: unknown): error is PlaceError {
  return error instanceof PlaceError && [400, 409, 413, 415, 422, 460].includes(error.status)
}

function frameSize(item: ItemRow): number {
  return 8 + item.coverSize + item.size
}
