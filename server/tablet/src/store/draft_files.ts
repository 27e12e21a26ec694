import { TabletError, type DraftAttachment } from '../services'
import { fromUtf8, randomId, utf8, type Bytes } from './bytes'
import type { Database, DraftAttachmentRow } from './database'
import type { Gate } from './gate'
import { openFor, sealFor } from './sealed'

/** Bytes of an attachment that are sealed, and held in memory, at once. */
export const CHUNK = 1024 * 1024

interface Found {
  readonly row: DraftAttachmentRow
  readonly about: DraftAttachment
}

/** The files of drafts: sealed chunk by chunk, their names and types sealed too. */
export class DraftFiles {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
  ) {}

  /** Keeps `file` under `name`; what was there under it goes in the same transaction. */
  async put(draft: string, name: string, file: Blob): Promise<void> {
    const key = this.gate.open().drafts
    const id = randomId()
    const chunks = Math.max(1, Math.ceil(file.size / CHUNK))
    for (let index = 0; index < chunks; index += 1) {
      const plain = await file.slice(index * CHUNK, (index + 1) * CHUNK).arrayBuffer()
      const content = await sealFor(key, chunkPlace(draft, id, index, chunks), plain)
      await this.database.draftChunks.add({ attachment: id, index, content })
    }
    const about: DraftAttachment = { name, contentType: file.type, size: file.size }
    const row = { id, draft, chunks, about: await sealFor(key, aboutPlace(draft, id), utf8(JSON.stringify(about))) }
    const before = await this.find(draft, name)
    const { drafts, draftAttachments, draftChunks } = this.database
    await this.database.transaction('rw', drafts, draftAttachments, draftChunks, async () => {
      if ((await drafts.get(draft)) === undefined) throw new TabletError('draft.unknown')
      if (before !== undefined) await this.drop(before.row)
      await draftAttachments.add(row)
    })
  }

  async list(draft: string): Promise<readonly DraftAttachment[]> {
    return (await this.all(draft)).map((found) => found.about)
  }

  /** Raises `attachment.unknown`. */
  async read(draft: string, name: string): Promise<File> {
    const found = await this.find(draft, name)
    if (found === undefined) throw new TabletError('attachment.unknown')
    const parts: Bytes[] = []
    for await (const chunk of this.stream(found.row)) parts.push(chunk)
    return new File(parts, name, { type: found.about.contentType })
  }

  /** The bytes of an attachment in order, one chunk in memory at a time. Raises `attachment.unknown`. */
  async open(draft: string, name: string): Promise<{ about: DraftAttachment; bytes: AsyncIterable<Bytes> }> {
    const found = await this.find(draft, name)
    if (found === undefined) throw new TabletError('attachment.unknown')
    return { about: found.about, bytes: this.stream(found.row) }
  }

  async remove(draft: string, name: string): Promise<void> {
    const found = await this.find(draft, name)
    if (found === undefined) return
    const { draftAttachments, draftChunks } = this.database
    await this.database.transaction('rw', draftAttachments, draftChunks, () => this.drop(found.row))
  }

  /** Removes all files of a draft, inside the caller's transaction. */
  async removeAll(draft: string): Promise<void> {
    for (const row of await this.database.draftAttachments.where('draft').equals(draft).toArray()) await this.drop(row)
  }

  /** Removes chunks that belong to nothing, as a kill in the middle of `put` leaves them. */
  async sweep(): Promise<void> {
    const { draftAttachments, draftChunks } = this.database
    await this.database.transaction('rw', draftAttachments, draftChunks, async () => {
      const known = new Set(await draftAttachments.toCollection().primaryKeys())
      const keys = await draftChunks.toCollection().primaryKeys()
      await draftChunks.bulkDelete(keys.filter(([attachment]) => !known.has(attachment)))
    })
  }

  private async *stream(row: DraftAttachmentRow): AsyncGenerator<Bytes> {
    const key = this.gate.open().drafts
    for (let index = 0; index < row.chunks; index += 1) {
      const chunk = await this.database.draftChunks.get([row.id, index])
      if (chunk === undefined) throw new TabletError('attachment.unknown')
      yield await openFor(key, chunkPlace(row.draft, row.id, index, row.chunks), chunk.content)
    }
  }

  private async find(draft: string, name: string): Promise<Found | undefined> {
    return (await this.all(draft)).find((found) => found.about.name === name)
  }

  /** The files whose names open. One that does not stays where it is and is unknown; the others go on. */
  private async all(draft: string): Promise<Found[]> {
    const key = this.gate.open().drafts
    const rows = await this.database.draftAttachments.where('draft').equals(draft).toArray()
    const found = await Promise.all(
      rows.map(async (row) => {
        try {
          const plain = await openFor(key, aboutPlace(draft, row.id), row.about)
          return { row, about: JSON.parse(fromUtf8(plain)) as DraftAttachment }
        } catch {
          return null
        }
      }),
    )
    return found.filter((each) => each !== null)
  }

  private async drop(row: DraftAttachmentRow): Promise<void> {
    await this.database.draftAttachments.delete(row.id)
    await this.database.draftChunks.where('[attachment+index]').between([row.id, 0], [row.id, Infinity]).delete()
  }
}

function aboutPlace(draft: string, id: string): string {
  return `draft/${draft}/${id}/about`
}

function chunkPlace(draft: string, id: string, index: number, chunks: number): string {
  return `draft/${draft}/${id}/${index}/${chunks}`
}
