import type { JsonObject } from '../envelope'
import type { Database, Meta } from '../store/database'
import type { Items } from '../store/items'
import { confirmPruned } from '../store/pruner'
import { CENTRAL } from '../store/whereabouts'
import { Malformed } from './failures'
import { remember, remembered } from './places'
import type { Session } from './session'
import { Forged, type Trust } from './trust'

const PAGE = 500
/** More pages than any tablet can have receipts; a place that always says "more" ends here. */
const PAGES = 400
/** Bytes of a page: 500 receipts of about 700 bytes. */
const PAGE_BYTES = 4 * 1024 * 1024
/** An epoch lasts until central is restored. */
const ENDED_AT_MOST = 1000

/** Fetches and keeps what central signed about this tablet's items. */
export class Receipts {
  /** Whether anything came that central did not sign. */
  forged = false

  constructor(
    private readonly database: Database,
    private readonly items: Items,
    private readonly trust: Trust,
  ) {}

  /** Keeps a receipt if central signed it for exactly our cover and body. */
  async take(value: unknown): Promise<void> {
    try {
      const receipt = await this.trust.receipt(value)
      if (await this.items.receipt(receipt)) await this.noteHighest(receipt.epoch, receipt.seq, receipt.document)
    } catch (error) {
      if (!(error instanceof Forged)) throw error
      this.forged = true
    }
  }

  /**
   * Keeps a mark if central signed it. Within an epoch it only grows; another epoch's takes its place when that epoch is
   * in force by central's own word, or when central made it later, both times being of central's own clock. That clock
   * may have been wrong, so an epoch that was followed by another one never comes back.
   */
  async takeMark(value: unknown): Promise<void> {
    if (value === null || value === undefined) return
    try {
      const { epoch, durableSeq, at, document } = await this.trust.mark(value)
      await this.database.transaction('rw', 'meta', async () => {
        if (await this.hasEnded(epoch)) return
        const before = await this.database.get('mark')
        const inForce = await this.database.get('epoch')
        const isNews = before !== undefined && before.epoch !== epoch && (inForce === epoch || before.at < at)
        if (before !== undefined && !isNews && !(before.epoch === epoch && goesFurther(before, durableSeq))) return
        await this.database.put('mark', { epoch, durableSeq, at, document })
        // Through nodes a mark alone says that there is a new epoch. Where another one is known, it is no news.
        if (inForce === undefined || inForce === before?.epoch) await this.database.put('epoch', epoch)
        if (isNews) await this.end(before.epoch)
      })
      await this.noteHighest(epoch, durableSeq)
    } catch (error) {
      if (!(error instanceof Forged)) throw error
      this.forged = true
    }
  }

  /** Receipts after the cursor of this place, then the mark. */
  async follow(session: Session): Promise<void> {
    const place = session.place.id
    const memory = await remembered(this.database, place)
    const { epoch } = session.welcome
    // A restored central numbers anew, so an old cursor would hide its receipts.
    let cursor = memory.epoch === epoch && memory.hasDocuments === true ? memory.cursor : 0
    let isWhole = false
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await session.json(`/sync/receipts?after=${cursor}&limit=${PAGE}`, { limit: PAGE_BYTES })
      const { receipts, more, cursor: next } = answer
      if (!Array.isArray(receipts) || receipts.length > PAGE) throw new Malformed('receipts')
      if (typeof next !== 'number' || !Number.isSafeInteger(next) || next < cursor) throw new Malformed('cursor')
      for (const receipt of receipts as unknown[]) await this.take(receipt)
      await remember(this.database, place, { cursor: next, epoch, hasDocuments: true })
      isWhole = more !== true
      if (isWhole || next === cursor) break
      cursor = next
    }
    if (isWhole && place === CENTRAL && epoch !== null) await confirmPruned(this.database, epoch)
    await this.takeMark((await session.json('/sync/durable', {})).mark)
  }

  /** Central's own word on the epoch in force. */
  async learnEpoch(session: Session): Promise<void> {
    const { epoch } = session.welcome
    if (session.place.id !== CENTRAL || epoch === null) return
    await this.database.transaction('rw', 'meta', async () => {
      const before = await this.database.get('epoch')
      if (before === epoch || (await this.hasEnded(epoch))) return
      await this.database.put('epoch', epoch)
      if (before !== undefined) await this.end(before)
    })
  }

  private async hasEnded(epoch: string): Promise<boolean> {
    return (await this.database.get('endedEpochs'))?.includes(epoch) ?? false
  }

  private async end(epoch: string): Promise<void> {
    if (await this.hasEnded(epoch)) return
    const ended = (await this.database.get('endedEpochs')) ?? []
    await this.database.put('endedEpochs', [...ended, epoch].slice(-ENDED_AT_MOST))
  }

  /** The highest number that central is known to have given: of a receipt, or what a mark covers. */
  private async noteHighest(epoch: string, seq: number, document?: JsonObject): Promise<void> {
    await this.database.transaction('rw', 'meta', async () => {
      if (await this.hasEnded(epoch)) return
      const known = await this.database.get('highestReceipt')
      const before = known?.epoch === epoch ? known : { epoch, seq: 0 }
      const isHigher = document !== undefined && (before.receipt?.seq ?? 0) < seq
      const highest = { ...before, seq: Math.max(before.seq, seq), ...(isHigher ? { receipt: { seq, document } } : {}) }
      if (isHigher || highest.seq !== known?.seq || known.epoch !== epoch) await this.database.put('highestReceipt', highest)
    })
  }
}

/** Whether a mark of the same epoch says more, or the same with its signature, which was not kept at first. */
function goesFurther(before: Meta['mark'], durableSeq: number): boolean {
  return before.durableSeq < durableSeq || (before.durableSeq === durableSeq && before.document === undefined)
}
