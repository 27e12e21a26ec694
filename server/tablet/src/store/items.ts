import type { JsonObject } from '../envelope'
import type { Acknowledgement, Database, HeldReceipt, ItemRow } from './database'
import { CENTRAL } from './whereabouts'

/** First wait before an item is offered again to a place that refused it; doubled each time, at most a day. */
const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 24 * 60 * 60 * 1000

/** A receipt whose signature was checked, as FORMAT.md defines it. */
export interface CheckedReceipt extends HeldReceipt {
  readonly document: JsonObject
  readonly instance: string
  readonly part: string
  readonly coverHash: string
  readonly bodyHash: string
  readonly epoch: string
}

/** What delivery needs of the sealed items. No method removes one, nor its bytes. */
export class Items {
  constructor(
    private readonly database: Database,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /**
   * Items that `place` has not yet kept under `epoch` and that hold no receipt of that epoch: records first, then small
   * media, then recordings, each in the order of their numbers. A new epoch asks for all of them again, since a
   * restored central may have lost what it once confirmed. A node names no epoch: there counts the one that is known.
   */
  async pending(place: string, epoch: string | null): Promise<ItemRow[]> {
    const now = this.now()
    const items = await this.database.items.orderBy('number').toArray()
    const inForce = epoch ?? (await this.database.get('epoch')) ?? null
    return items.filter((item) => isPending(item, place, { said: epoch, inForce }, now)).sort((a, b) => a.priority - b.priority)
  }

  /** Keeps what a place said about an item. */
  async acknowledge(
    id: string,
    place: string,
    word: { readonly state: Acknowledgement['state']; readonly code: string | null; readonly epoch: string | null },
  ): Promise<void> {
    await this.database.items.where('id').equals(id).modify((item) => {
      const before = item.acknowledged[place]?.refusals ?? 0
      const refusals = word.state === 'refused' ? before + 1 : 0
      const wait = refusals === 0 ? 0 : Math.min(FIRST_RETRY_MS * 2 ** (refusals - 1), LONGEST_RETRY_MS)
      const { state, code, epoch } = word
      const kept: Acknowledgement = { state, code, epoch, refusals, retryAt: this.now() + wait }
      Object.assign(item, { acknowledged: { ...item.acknowledged, [place]: kept } })
      if (place === CENTRAL && state !== 'refused') Object.assign(item, { lacked: undefined })
    })
  }

  /** A person wants it offered again: no place is spared for having refused it. */
  async retry(id: string): Promise<void> {
    await this.database.items.where('id').equals(id).modify((item) => {
      const words = Object.entries(item.acknowledged).map(([place, word]) => [place, { ...word, retryAt: 0 }])
      Object.assign(item, { isAside: false, acknowledged: Object.fromEntries(words) as ItemRow['acknowledged'] })
    })
  }

  /** A person sets it aside: no round offers it until someone says otherwise. It stays here, and a file may carry it. */
  async setAside(id: string): Promise<void> {
    await this.database.items.update(id, { isAside: true })
  }

  /** Keeps a receipt if it speaks of exactly our cover and body. Whether it did. */
  async receipt(receipt: CheckedReceipt): Promise<boolean> {
    const id = itemId(receipt.instance, receipt.part)
    return this.database.transaction('rw', this.database.items, async () => {
      const item = await this.database.items.get(id)
      if (item === undefined || item.hash !== receipt.coverHash || item.bodyHash !== receipt.bodyHash) return false
      if (item.lacked?.epoch === receipt.epoch && receipt.seq <= item.lacked.seq) return true
      const before = item.receipts[receipt.epoch]
      const isOld = before !== undefined && (before.seq > receipt.seq || (before.seq === receipt.seq && before.document !== undefined))
      if (isOld) return true
      const { state, seq, document } = receipt
      const kept: HeldReceipt = { state, seq, document }
      await this.database.items.put({ ...item, receipts: { ...item.receipts, [receipt.epoch]: kept } })
      return true
    })
  }
}

/** The name of an item as the key of its row. A part holds no slash. */
export function itemId(instance: string, part: string): string {
  return `${part}/${instance}`
}

function isPending(
  item: ItemRow,
  place: string,
  { said, inForce }: { readonly said: string | null; readonly inForce: string | null },
  now: number,
): boolean {
  if (item.isAside === true || item.pruned !== undefined) return false
  const receipted = inForce === null ? Object.keys(item.receipts).length > 0 : item.receipts[inForce] !== undefined
  if (receipted) return false
  const word = item.acknowledged[place]
  if (word === undefined) return true
  if (word.state === 'refused') return word.retryAt <= now
  return word.epoch !== said
}
