import { coverHash, packRecord, RECORD_PART, RECORD_TYPE, signerOf, writeCover, type Attachment } from '../envelope'
import { isRecorded } from '../recording/files'
import { TabletError, type Ending, type FinishedInstance, type Finisher as FinisherService } from '../services'
import type { Bodies } from './bodies'
import type { Bytes } from './bytes'
import type { Database, DraftRow, InstanceRow, ItemRow, Meta } from './database'
import type { Drafts } from './drafts'
import type { Forms } from './forms'
import { orFull } from './full'
import { newestIntakeKey } from './intake_key'
import { instanceIds } from './instance_ids'
import { itemId } from './items'
import { Sealing, type SealedFile } from './sealing'
import { whileStaging } from './staging'

const CHAIN = 'feldbuch-chain'

interface Work {
  readonly draft: DraftRow
  readonly enrolled: Meta['enrolled']
  readonly recipient: Uint8Array<ArrayBuffer>
  readonly instance: string
  readonly replaces: string | null
  /** The record first, then the attachments in order of part. */
  readonly files: readonly SealedFile[]
  readonly finishedAt: string
}

interface Numbered {
  readonly items: readonly ItemRow[]
  readonly covers: readonly Uint8Array<ArrayBuffer>[]
  readonly before: Meta['chain']
  readonly after: Meta['chain']
}

/** Turns a draft into sealed, numbered and signed items: all of it, or nothing. */
export class Finisher implements FinisherService {
  constructor(
    private readonly database: Database,
    private readonly drafts: Drafts,
    private readonly bodies: Bodies,
    private readonly forms: Forms,
    private readonly finished: () => void,
    private readonly locks: LockManager,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Raises also `draft.unknown`, `draft.elsewhere`, `attachment.unknown`, `record.instance_id`, `instance.exists`. */
  async finish(
    draft: string,
    instanceXml: string,
    language: string,
    attachmentNames: readonly string[],
    ending: Ending = {},
  ): Promise<FinishedInstance> {
    // In the draft's own turn: a save that is under way is waited for, and a later one finds the draft gone.
    const row = await this.drafts.inTurn(draft, () =>
      whileStaging(this.locks, () => orFull(() => this.seal(draft, instanceXml, language, attachmentNames, ending))),
    )
    this.finished()
    const describe = await this.forms.describer()
    const { instance, finishedAt, number, parts } = row
    return { instance, form: describe(row.form, row.version), finishedAt, number, parts, whereabouts: 'tablet', code: null }
  }

  private async seal(
    id: string,
    xml: string,
    language: string,
    names: readonly string[],
    ending: Ending,
  ): Promise<InstanceRow> {
    const draft = await this.drafts.row(id)
    const enrolled = await this.database.get('enrolled')
    if (enrolled === undefined) throw new TabletError('tablet.new')
    const recipient = await newestIntakeKey(this.database, enrolled.device)
    const ids = instanceIds(xml)
    if ((await this.database.instances.get(ids.instance)) !== undefined) throw new TabletError('instance.exists')
    const sealing = new Sealing(this.bodies)
    try {
      const files: SealedFile[] = []
      const manifest: Attachment[] = []
      for (const name of new Set(names)) {
        for await (const sealed of this.attachments(sealing, id, name, () => `a${files.length + 1}`)) {
          files.push(sealed.file)
          manifest.push(sealed.entry)
        }
      }
      const plain = await packRecord({ instanceXml: xml, language, attachments: manifest, ...ending })
      const record = await sealing.bytes(RECORD_PART, RECORD_TYPE, plain)
      const finishedAt = this.now().toISOString().replace(/\.\d+Z$/, 'Z')
      const work: Work = { draft, enrolled, recipient, ...ids, files: [record, ...files], finishedAt }
      // One at a time over all tabs, so that numbers follow one another; the transaction checks it again.
      return await this.locks.request(CHAIN, () => this.number(work))
    } catch (error) {
      await sealing.discard()
      throw error
    }
  }

  /** What an answer's file name stands for: one file, or a recording's parts and what was noted beside them. */
  private async *attachments(
    sealing: Sealing,
    draft: string,
    name: string,
    part: () => string,
  ): AsyncGenerator<Awaited<ReturnType<Sealing['attachment']>>> {
    const recording = (await this.drafts.recordings?.finished(draft, name)) ?? null
    if (recording === null) {
      const { about, bytes } = await this.drafts.files.open(draft, name)
      yield await sealing.attachment(part(), about, bytes)
      return
    }
    for (const recorded of recording.parts) yield sealing.recorded(part(), recorded)
    const { bytes, ...about } = recording.notes
    yield await sealing.attachment(part(), { ...about, size: bytes.length }, onePiece(bytes))
  }

  private async number(work: Work): Promise<InstanceRow> {
    const numbered = await this.sign(work)
    const { draft, instance, finishedAt } = work
    const row: InstanceRow = {
      instance,
      interviewer: draft.owner,
      form: draft.form,
      version: draft.version,
      finishedAt,
      number: numbered.before.number + 1,
      parts: numbered.items.length,
    }
    await this.store(work, numbered, row)
    return row
  }

  /** Covers in order of their numbers, each naming the hash of the one before. */
  private async sign(work: Work): Promise<Numbered> {
    const signing = await this.database.get('signing')
    if (signing === undefined) throw new TabletError('tablet.new')
    const signer = await signerOf(signing)
    const before = (await this.database.get('chain')) ?? { number: 0, hash: null }
    let after = before
    const items: ItemRow[] = []
    const covers: Uint8Array<ArrayBuffer>[] = []
    for (const file of work.files) {
      const facts = {
        study: work.enrolled.study,
        site: work.enrolled.site.id,
        device: work.enrolled.device,
        interviewer: work.draft.owner,
        instance: work.instance,
        replaces: work.replaces,
        form: { id: work.draft.form, version: work.draft.version },
        part: file.part,
        contentType: file.contentType,
        purpose: 'real' as const,
        takenInBy: 'device' as const,
        signer: { number: after.number + 1, previous: after.hash },
        finishedAt: work.finishedAt,
      }
      const cover = await writeCover(facts, file.sealed, [work.recipient], signer)
      after = { number: after.number + 1, hash: coverHash(cover) }
      covers.push(cover)
      items.push({
        id: itemId(work.instance, file.part),
        instance: work.instance,
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

  private async store(work: Work, numbered: Numbered, row: InstanceRow): Promise<void> {
    const { database } = this
    const tables = [
      'meta',
      database.drafts,
      database.draftAttachments,
      database.draftChunks,
      database.draftJournal,
      database.recordings,
      database.bodies,
      database.covers,
      database.items,
      database.instances,
    ]
    await database.transaction('rw', tables, async () => {
      const draft = await this.drafts.row(work.draft.id)
      if (draft.revision !== work.draft.revision) throw new TabletError('draft.elsewhere')
      const chain = (await database.get('chain')) ?? { number: 0, hash: null }
      if (chain.number !== numbered.before.number || chain.hash !== numbered.before.hash) throw new TabletError('chain.moved')
      for (const item of numbered.items) {
        // A recording's file was read whole a moment ago, and nothing but a database may be waited for here.
        if (!isRecorded(item.body) && !(await this.bodies.complete(item.body, item.size))) throw new TabletError('storage.lost')
      }
      await database.covers.bulkAdd(numbered.covers.map((bytes, index) => ({ hash: numbered.items[index]?.hash ?? '', bytes })))
      await database.items.bulkAdd(numbered.items)
      await database.instances.add(row)
      await database.put('chain', numbered.after)
      await database.drafts.delete(work.draft.id)
      await this.drafts.files.removeAll(work.draft.id)
      await this.drafts.notes.removeAll(work.draft.id)
      await this.drafts.recordings?.forget(work.draft.id)
    })
  }
}

async function* onePiece(bytes: Bytes): AsyncGenerator<Bytes> {
  yield await Promise.resolve(bytes)
}
