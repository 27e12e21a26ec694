import type { Collection } from 'dexie'
import { fromUtf8, utf8 } from './bytes'
import type { Database, DraftJournalRow } from './database'
import type { Gate } from './gate'
import { openFor, sealFor, type Sealed } from './sealed'

/** What is noted beside the answers of drafts: sealed as they are, and added by the same write. */
export class DraftJournal {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
  ) {}

  /** Sealed for the draft, to be added inside the write that it belongs to. */
  async seal(draft: string, noted: string | null): Promise<Sealed | null> {
    return noted === null ? null : sealFor(this.gate.open().drafts, place(draft), utf8(noted))
  }

  /** Adds what was sealed, inside the caller's transaction. */
  async add(draft: string, content: Sealed | null): Promise<void> {
    if (content === null) return
    const last = await this.rows(draft).last()
    await this.database.draftJournal.add({ draft, number: (last?.number ?? 0) + 1, content })
  }

  async read(draft: string): Promise<readonly string[]> {
    const key = this.gate.open().drafts
    const rows = await this.rows(draft).toArray()
    return Promise.all(rows.map(async ({ content }) => fromUtf8(await openFor(key, place(draft), content))))
  }

  /** Removes what belongs to a draft, inside the caller's transaction. */
  async removeAll(draft: string): Promise<void> {
    await this.rows(draft).delete()
  }

  private rows(draft: string): Collection<DraftJournalRow, [string, number]> {
    return this.database.draftJournal.where('[draft+number]').between([draft, 0], [draft, Infinity])
  }
}

function place(draft: string): string {
  return `draft/${draft}/journal`
}
