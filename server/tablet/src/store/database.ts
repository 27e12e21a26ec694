import Dexie, { type EntityTable, type Table, type Transaction } from 'dexie'

import type { JsonObject } from '../envelope'
import type { LanguageMap, Policy, Site } from '../services'
import type { Attempts } from './attempts'
import type { Bytes } from './bytes'
import type { WrappedKeys } from './keys'
import type { PendingKeys } from './locking'
import type { Sealed } from './sealed'

/** A signed entry that central sent down, verified before it came here. */
export interface FeedRow {
  readonly chain: string
  readonly number: number
  /** SHA-256 of the canonical form, with its signature. */
  readonly hash: string
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
}

/** A content that a feed entry names, checked against its hash. */
export interface ContentRow {
  readonly hash: string
  readonly bytes: Bytes
}

/** A draft. Only what the list must show without opening it stands in clear. */
export interface DraftRow {
  readonly id: string
  /** Pseudonym of the interviewer whose keys seal it. */
  readonly owner: string
  readonly form: string
  readonly version: string
  readonly startedAt: string
  readonly changedAt: string
  readonly answered: number
  readonly asked: number
  /** Begun in training: its record is marked, and counted nowhere. */
  readonly isTraining?: boolean
  /** Grows with each save, so that a second tab cannot overwrite what it has not seen. */
  readonly revision: number
  readonly content: Sealed
  /** What it said under versions of its form that it was moved away from, the last one last; at most one of each. */
  readonly aside?: readonly DraftAsideRow[]
  /** Number of the last checkpoint of it; left out before the first, and drawn where another tablet made some before. */
  readonly copies?: number
  /** The case that it was begun for. */
  readonly subject?: Sealed
  /** Why it cannot be gone on with, as an error code. It is kept as it is. */
  readonly setAside?: string
}

/** A draft as it was under a version of its form, sealed as it was. */
export interface DraftAsideRow {
  readonly version: string
  readonly content: Sealed
}

/** An attachment of a draft: name, type and size are sealed in `about`, its bytes in `draftChunks`. */
export interface DraftAttachmentRow {
  readonly id: string
  readonly draft: string
  readonly chunks: number
  readonly about: Sealed
}

export interface DraftChunkRow {
  readonly attachment: string
  readonly index: number
  readonly content: Sealed
}

/** What one write of a draft noted in its journal, sealed. Rows are only added. */
export interface DraftJournalRow {
  readonly draft: string
  /** From 1, in the order of the writes. */
  readonly number: number
  readonly content: Sealed
}

/** A part of a recording: its sound lies in a file named as `id`, what happened beside it is sealed under a key of its own. */
export interface RecordingRow {
  readonly id: string
  readonly draft: string
  readonly about: Sealed
  readonly log: Sealed | null
}

/** A piece of a sealed body. All pieces of a body but the last have `PIECE` bytes. */
export interface BodyRow {
  readonly body: string
  readonly index: number
  readonly bytes: Bytes
}

/** Size in bytes of a piece of a body, also the most that a body's reader holds in memory. */
export const PIECE = 1024 * 1024

/** What a place said about an item, under the epoch that it named. It shows SENT and permits nothing. */
export interface Acknowledgement {
  readonly state: 'held' | 'waiting' | 'quarantined' | 'conflict' | 'refused'
  readonly code: string | null
  readonly epoch: string | null
  /** How often this place refused the item. */
  readonly refusals: number
  /** Not offered to this place again before this time (milliseconds of the tablet's clock). */
  readonly retryAt: number
}

/** Central's signed word about an item, as far as the tablet needs it. */
export interface HeldReceipt {
  readonly state: 'held' | 'quarantined' | 'conflict'
  readonly seq: number
  /** As central signed it; without it nothing is ever deleted. */
  readonly document?: JsonObject
}

/** A signed cover, apart from its item so that lists need not read it. */
export interface CoverRow {
  readonly hash: string
  readonly bytes: Bytes
}

/** A sealed, numbered and signed part. Its row is never deleted; its bytes are when central holds them durably. */
export interface ItemRow {
  readonly id: string
  readonly instance: string
  readonly part: string
  readonly number: number
  /** SHA-256 of the cover. */
  readonly hash: string
  readonly coverSize: number
  /** Id of the sealed body; empty when its bytes and its cover were pruned. */
  readonly body: string
  readonly bodyHash: string
  readonly size: number
  readonly priority: number
  /** By id of the place. */
  readonly acknowledged: Readonly<Record<string, Acknowledgement>>
  /** By epoch. */
  readonly receipts: Readonly<Record<string, HeldReceipt>>
  /** A person has set it aside: no round offers it. */
  readonly isAside?: boolean
  /** When it was last written into a hand-over file. */
  readonly handedOverAt?: string
  /** The receipt by which its bytes were deleted. */
  readonly pruned?: { readonly epoch: string; readonly seq: number }
  /**
   * Central was found to lack it: receipts of this epoch up to this number say nothing any more, whoever relays them,
   * until central itself has taken it again.
   */
  readonly lacked?: { readonly epoch: string; readonly seq: number }
  /** Its bytes were deleted, and central does not hold it any more. */
  readonly isGone?: boolean
}

export interface InstanceRow {
  readonly instance: string
  /** Pseudonym of the interviewer who finished it. */
  readonly interviewer: string
  readonly form: string
  readonly version: string
  readonly finishedAt: string
  readonly number: number
  readonly parts: number
  readonly isTraining?: boolean
  /** The case that it was begun for, sealed under the key of the interviewer's drafts. */
  readonly subject?: Sealed
}

/** What became of a return. Its content lies among the contents, sealed as it came. */
export interface ReturnRow {
  readonly id: string
  /** SHA-256 of the sealed parcel. */
  readonly hash: string
  readonly instance: string
  /** The draft that was made from it, or is to be; it may be gone again. */
  readonly draft: string | null
  /** The files that came along lie in the draft. */
  readonly hasFiles: boolean
  /** Nothing is to be done any more. */
  readonly isSettled: boolean
}

/** What is remembered of a node or of central. */
export interface PlaceRow {
  readonly id: string
  readonly cursor: number
  readonly epoch: string | null
  readonly lastContact: string | null
  /** Code of a break in the feed that this place gave, until it gives one that holds. */
  readonly alarm: string | null
  /** The receipts before the cursor were kept as they were signed. */
  readonly hasDocuments?: boolean
  /** The last comparison of what it should have with what it has. */
  readonly compared?: ComparedRow
}

/** What a comparison with a place found. */
export interface ComparedRow {
  readonly at: string
  readonly isComplete: boolean
  /** Hashes of what was missing there and is queued again. */
  readonly queued: readonly string[]
  /** Hashes of what the place has and this tablet has not, of all comparisons: that they exist is known now. */
  readonly surplus: readonly string[]
  /** What the place is still to be told. */
  readonly untold: JsonObject | null
}

/** Somebody who collects with this tablet, under a PIN and keys of their own. */
export interface InterviewerRow {
  /** The pseudonym. */
  readonly id: string
  readonly addedAt: string
  /** What the keys were locked by. */
  readonly protection: Policy['protection']
  readonly keys: WrappedKeys
  readonly attempts: Attempts | null
  /** What opens a forgotten PIN, sealed for the vault and signed, until central has it. */
  readonly owed: JsonObject | null
  /** What this person begins now is training. */
  readonly isTraining?: boolean
  /** The tablet was revoked: the PIN opens nothing any more, a code from the vault does. */
  readonly isAway?: boolean
  /** The platform made this person a passkey that gives no keys: none is demanded any more. */
  readonly isKeyless?: boolean
}

/** Who this tablet is. */
export interface EnrolledRow {
  readonly device: string
  readonly study: string
  readonly title: LanguageMap
  readonly site: Site
  /** Who enrolled it; there may be others since. */
  readonly interviewer: string
  readonly central: string
  /** Central's signing key, base64url, pinned. */
  readonly pinned: string
}

/** Values of the table `meta`, by key. */
export interface Meta {
  enrolled: EnrolledRow
  /** Number and hash of the last cover, of the device's own chain. */
  chain: { readonly number: number; readonly hash: string | null }
  signing: CryptoKeyPair
  pending: PendingKeys
  sequence: number
  mark: { readonly epoch: string; readonly durableSeq: number; readonly at: string; readonly document?: JsonObject }
  /** The epoch in force, as far as this tablet has learned. */
  epoch: string
  /** Epochs that were followed by another one: nothing brings them back. */
  endedEpochs: readonly string[]
  /** The highest number that central gave, and the highest receipt itself as it was signed: a mark may cover more. */
  highestReceipt: { readonly epoch: string; readonly seq: number; readonly receipt?: { readonly seq: number; readonly document: JsonObject } }
  /** Number of the entry by which central revoked this tablet, once the drafts are locked away. */
  revocation: number
  lastPlace: string
  /** Versions of forms that something sent back needs, beside the newest. */
  wanted: readonly string[]
  /** The time that central's clock showed at the last contact with it. */
  placeTime: string
  /** Newest version of the app that has used this database. */
  version: string
}

interface MetaRow {
  readonly key: string
  readonly value: unknown
}

/** The tablet's database. Every transaction is flushed to disk before it counts as done. */
export class Database extends Dexie {
  private readonly meta!: EntityTable<MetaRow, 'key'>
  readonly feed!: Table<FeedRow, [string, number]>
  readonly contents!: EntityTable<ContentRow, 'hash'>
  readonly drafts!: EntityTable<DraftRow, 'id'>
  readonly draftAttachments!: EntityTable<DraftAttachmentRow, 'id'>
  readonly draftChunks!: Table<DraftChunkRow, [string, number]>
  readonly draftJournal!: Table<DraftJournalRow, [string, number]>
  readonly recordings!: EntityTable<RecordingRow, 'id'>
  readonly bodies!: Table<BodyRow, [string, number]>
  readonly covers!: EntityTable<CoverRow, 'hash'>
  readonly items!: EntityTable<ItemRow, 'id'>
  readonly instances!: EntityTable<InstanceRow, 'instance'>
  readonly places!: EntityTable<PlaceRow, 'id'>
  readonly interviewers!: EntityTable<InterviewerRow, 'id'>
  readonly returns!: EntityTable<ReturnRow, 'id'>

  constructor(name = 'feldbuch') {
    super(name, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({
      meta: 'key',
      feed: '[chain+number], kind',
      contents: 'hash',
      drafts: 'id, changedAt',
      draftAttachments: 'id, draft',
      draftChunks: '[attachment+index]',
      bodies: '[body+index]',
      covers: 'hash',
      items: 'id, instance, number, body',
      instances: 'instance, number',
      places: 'id',
    })
    this.version(2)
      .stores({ drafts: 'id, changedAt, owner', interviewers: 'id, addedAt', draftJournal: '[draft+number]', recordings: 'id, draft', returns: 'id, draft' })
      .upgrade((transaction) => giveOwner(transaction))
  }

  /** A value of the table `meta`, or undefined. */
  async get<K extends keyof Meta>(key: K): Promise<Meta[K] | undefined> {
    return (await this.meta.get(key))?.value as Meta[K] | undefined
  }

  async put<K extends keyof Meta>(key: K, value: Meta[K]): Promise<void> {
    await this.meta.put({ key, value })
  }

  async drop(key: keyof Meta): Promise<void> {
    await this.meta.delete(key)
  }
}

/** What one person alone had is given to that person. */
async function giveOwner(transaction: Transaction): Promise<void> {
  const meta = transaction.table<MetaRow, string>('meta')
  const enrolled = (await meta.get('enrolled'))?.value as EnrolledRow | undefined
  const keys = (await meta.get('keys'))?.value as WrappedKeys | undefined
  if (enrolled === undefined || keys === undefined) return
  const owner = enrolled.interviewer
  const addedAt = new Date().toISOString()
  const row: InterviewerRow = { id: owner, addedAt, protection: 'pin', keys, attempts: null, owed: null }
  await transaction.table('interviewers').put(row)
  await transaction.table('drafts').toCollection().modify({ owner })
  await transaction.table('instances').toCollection().modify({ interviewer: owner })
  await meta.bulkDelete(['keys', 'attempts'])
}
