/**
 * Deletes the bytes of what central holds durably. The most dangerous code of the tablet: it deletes life stories.
 * Whether an item may go says `mayDelete` alone, by documents whose signatures are checked here once more; the
 * transaction that deletes looks again at everything that may have changed since.
 */
import Dexie from 'dexie'

import { fromB64u, type Receipt } from '../envelope'
import { isRecorded, type RecordingFiles } from '../recording/files'
import { mayDelete, signedMarks, signedReceipts } from '../sync/pruning'
import type { Database, ItemRow, Meta } from './database'
import { whenQuiet } from './staging'

/** Items that go in one transaction. */
const AT_ONCE = 20

export class Pruner {
  /** `recorded` holds the bodies that were sealed while they were recorded. */
  constructor(
    private readonly database: Database,
    private readonly recorded: RecordingFiles | null,
    private readonly locks: LockManager,
  ) {}

  /**
   * Deletes the bytes of everything that may go; gives the number of items. Where somebody is sealing, or writes a
   * hand-over file, what is left goes another time.
   */
  async prune(): Promise<number> {
    const mark = await this.markInForce()
    if (mark === null) return 0
    const items = await this.database.items.filter((item) => isCandidate(item, mark)).toArray()
    let pruned = 0
    for (let at = 0; at < items.length; at += AT_ONCE) {
      const permitted = await this.permitted(items.slice(at, at + AT_ONCE), mark)
      await whenQuiet(this.locks, async () => {
        const gone = await this.bury(permitted)
        pruned += gone.length
        // Only now: a kill before leaves a file that nothing names, and the next sweep takes it.
        await this.recorded?.remove(gone.filter(isRecorded))
      })
    }
    return pruned
  }

  /** The mark, where it is of the epoch in force. */
  private async markInForce(): Promise<Meta['mark'] | null> {
    const mark = await this.database.get('mark')
    return mark?.document !== undefined && mark.epoch === (await this.database.get('epoch')) ? mark : null
  }

  /** By id, the number of the receipt by which an item may go. */
  private async permitted(items: readonly ItemRow[], { document, epoch }: Meta['mark']): Promise<ReadonlyMap<string, number>> {
    const enrolled = await this.database.get('enrolled')
    const key = fromB64u(enrolled?.pinned ?? '')
    if (enrolled === undefined || key === null || document === undefined) return new Map()
    const marks = await signedMarks([document], key)
    const permitted = new Map<string, number>()
    for (const item of items) {
      const said = item.receipts[epoch]?.document
      const receipts: readonly Receipt[] = said === undefined ? [] : await signedReceipts([said], key)
      const { instance, part, hash: coverHash, bodyHash } = item
      const receipt = mayDelete({ study: enrolled.study, instance, part, coverHash, bodyHash }, receipts, marks, { epoch, carrier: 'device' })
      if (receipt !== null) permitted.set(item.id, receipt.seq)
    }
    return permitted
  }

  /** All or nothing: tombstones, and no bytes any more. Gives the ids of the bodies that went. */
  private async bury(permitted: ReadonlyMap<string, number>): Promise<readonly string[]> {
    const { database } = this
    const { items, bodies, covers } = database
    return database.transaction('rw', ['meta', items, bodies, covers], async () => {
      const mark = await this.markInForce()
      if (mark === null) return []
      const gone: string[] = []
      for (const row of await items.bulkGet([...permitted.keys()])) {
        const receipt = row?.receipts[mark.epoch]
        if (row === undefined || receipt === undefined || receipt.seq !== permitted.get(row.id) || !isCandidate(row, mark)) continue
        await items.put({ ...row, body: '', pruned: { epoch: mark.epoch, seq: receipt.seq } })
        await covers.delete(row.hash)
        if (!isRecorded(row.body)) await bodies.where('[body+index]').between([row.body, Dexie.minKey], [row.body, Dexie.maxKey]).delete()
        gone.push(row.body)
      }
      return gone
    })
  }
}

/** Whether it is worth looking at: what a person has set aside is kept. */
function isCandidate(item: ItemRow, { epoch, durableSeq }: Meta['mark']): boolean {
  const receipt = item.receipts[epoch]
  return item.pruned === undefined && item.isAside !== true && receipt?.state === 'held' && receipt.seq <= durableSeq
}

/**
 * All receipts that central has given under `epoch` are here: whatever was pruned and has none, central does not hold any
 * more.
 */
export async function confirmPruned({ items }: Database, epoch: string): Promise<void> {
  const differs = (item: ItemRow): boolean => item.pruned !== undefined && (item.isGone === true) !== (item.receipts[epoch] === undefined)
  await items.filter(differs).modify((item) => {
    Object.assign(item, { isGone: item.receipts[epoch] === undefined })
  })
}
