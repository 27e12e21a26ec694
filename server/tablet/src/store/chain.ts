import type { Table } from 'dexie'

import { coverHash, signerOf, writeCover } from '../envelope'
import { isRecorded } from '../recording/files'
import { TabletError } from '../services'
import type { Bodies } from './bodies'
import type { Bytes } from './bytes'
import type { Database, ItemRow, Meta } from './database'
import { itemId } from './items'
import type { SealedFile } from './sealing'

const CHAIN = 'feldbuch-chain'

/** What the covers of one instance say alike. */
export interface CoverFacts {
  readonly instance: string
  readonly replaces: string | null
  readonly interviewer: string
  readonly form: string
  readonly version: string
  /** As a cover writes times. */
  readonly finishedAt: string
  /** Training is marked in every cover, and counted nowhere. */
  readonly isTraining: boolean
}

/** What is written in the transaction that numbers the items: all of it, or nothing. */
export interface Alongside {
  readonly tables: readonly Table[]
  readonly write: (items: readonly ItemRow[]) => Promise<void>
}

/** A time as a cover writes it. */
export function coverTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}

interface Numbered {
  readonly items: readonly ItemRow[]
  readonly covers: readonly Bytes[]
  readonly before: Meta['chain']
  readonly after: Meta['chain']
}

/** The device's own chain of covers: numbers that follow one another, each cover naming the hash of the one before. */
export class Chain {
  constructor(
    private readonly database: Database,
    private readonly bodies: Bodies,
    private readonly locks: LockManager,
  ) {}

  /** Numbers, signs and stores items for sealed files. Raises `tablet.new`, `chain.moved`, `storage.lost`. */
  async add(facts: CoverFacts, files: readonly SealedFile[], recipient: Bytes, alongside: Alongside): Promise<readonly ItemRow[]> {
    // One at a time over all tabs, so that numbers follow one another; the transaction checks it again.
    return this.locks.request(CHAIN, async () => {
      const numbered = await this.sign(facts, files, recipient)
      await this.store(numbered, alongside)
      return numbered.items
    })
  }

  private async sign(facts: CoverFacts, files: readonly SealedFile[], recipient: Bytes): Promise<Numbered> {
    const enrolled = await this.database.get('enrolled')
    const signing = await this.database.get('signing')
    if (enrolled === undefined || signing === undefined) throw new TabletError('tablet.new')
    const signer = await signerOf(signing)
    const before = (await this.database.get('chain')) ?? { number: 0, hash: null }
    let after = before
    const items: ItemRow[] = []
    const covers: Bytes[] = []
    for (const file of files) {
      const said = {
        study: enrolled.study,
        site: enrolled.site.id,
        device: enrolled.device,
        interviewer: facts.interviewer,
        instance: facts.instance,
        replaces: facts.replaces,
        form: { id: facts.form, version: facts.version },
        part: file.part,
        contentType: file.contentType,
        purpose: facts.isTraining ? ('training' as const) : ('real' as const),
        takenInBy: 'device' as const,
        signer: { number: after.number + 1, previous: after.hash },
        finishedAt: facts.finishedAt,
      }
      const cover = await writeCover(said, file.sealed, [recipient], signer)
      after = { number: after.number + 1, hash: coverHash(cover) }
      covers.push(cover)
      items.push({
        id: itemId(facts.instance, file.part),
        instance: facts.instance,
        part: file.part,
        number: after.number,
        hash: coverHash(cover),
        coverSize: cover.length,
        body: file.body,
        bodyHash: file.sealed.hash,
        size: file.sealed.size,
        priority: file.priority,
        acknowledged: {},
        receipts: {},
      })
    }
    return { items, covers, before, after }
  }

  private async store({ items, covers, before, after }: Numbered, { tables, write }: Alongside): Promise<void> {
    const { database } = this
    const own = ['meta', database.bodies, database.covers, database.items]
    await database.transaction('rw', [...own, ...tables], async () => {
      const chain = (await database.get('chain')) ?? { number: 0, hash: null }
      if (chain.number !== before.number || chain.hash !== before.hash) throw new TabletError('chain.moved')
      for (const item of items) {
        // A recording's file was read whole a moment ago, and nothing but a database may be waited for here.
        if (!isRecorded(item.body) && !(await this.bodies.complete(item.body, item.size))) throw new TabletError('storage.lost')
      }
      await database.covers.bulkAdd(covers.map((bytes, index) => ({ hash: items[index]?.hash ?? '', bytes })))
      await database.items.bulkAdd([...items])
      await database.put('chain', after)
      await write(items)
    })
  }
}
