import { packRecord, RECORD_PART, RECORD_TYPE, type Attachment } from '../envelope'
import { TabletError, type Ending, type FinishedInstance, type Finisher as FinisherService } from '../services'
import type { Bodies } from './bodies'
import type { Bytes } from './bytes'
import { coverTime, type Chain, type CoverFacts } from './chain'
import type { Database, DraftRow, InstanceRow, ItemRow } from './database'
import type { Drafts } from './drafts'
import type { Forms } from './forms'
import { stillKept } from '../returned/kept'
import { orFull } from './full'
import { newestIntakeKey } from './intake_key'
import { instanceIds } from './instance_ids'
import { replacing } from './versions'
import { Sealing, type SealedFile } from './sealing'
import { whileStaging } from './staging'

interface Work {
  readonly draft: DraftRow
  readonly facts: CoverFacts
  readonly recipient: Bytes
  /** The record first, then the attachments in order of part. */
  readonly files: readonly SealedFile[]
  readonly ofCase: Pick<InstanceRow, 'subject'>
}

/** Turns a draft into sealed, numbered and signed items: all of it, or nothing. */
export class Finisher implements FinisherService {
  constructor(
    private readonly database: Database,
    private readonly drafts: Drafts,
    private readonly bodies: Bodies,
    private readonly chain: Chain,
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
    this.drafts.copies?.forget(draft)
    this.finished()
    const describe = await this.forms.describer()
    const { instance, finishedAt, number, parts, isTraining = false } = row
    const form = describe(row.form, row.version)
    return { instance, form, finishedAt, number, parts, whereabouts: 'tablet', code: null, isTraining }
  }

  private async seal(
    id: string,
    xml: string,
    language: string,
    names: readonly string[],
    ending: Ending,
  ): Promise<InstanceRow> {
    const draft = await this.drafts.seenRow(id)
    const enrolled = await this.database.get('enrolled')
    if (enrolled === undefined) throw new TabletError('tablet.new')
    const recipient = await newestIntakeKey(this.database, enrolled.device)
    const returned = await this.drafts.returned(id)
    const whole = returned?.replaces == null ? xml : replacing(xml, returned.replaces)
    // A refusal says nothing else, and so nothing of what was recorded before either.
    const kept = ending.outcome?.kind === 'refused' ? [] : stillKept(whole, returned?.kept ?? [], returned?.removed)
    const ids = instanceIds(whole)
    if ((await this.database.instances.get(ids.instance)) !== undefined) throw new TabletError('instance.exists')
    const sealing = new Sealing(this.bodies)
    try {
      const files: SealedFile[] = []
      const manifest: Attachment[] = []
      const elsewhere = new Set(kept.map(({ name }) => name))
      for (const name of new Set(names)) {
        if (elsewhere.has(name)) continue
        for await (const sealed of this.attachments(sealing, id, name, () => `a${files.length + 1}`)) {
          files.push(sealed.file)
          manifest.push(sealed.entry)
        }
      }
      const { subject, ...told } = ending
      const plain = await packRecord({
        instanceXml: whole,
        language,
        attachments: manifest,
        ...(kept.length === 0 ? {} : { kept }),
        ...told,
        ...(subject === undefined ? {} : { case: subject.id }),
      })
      const record = await sealing.bytes(RECORD_PART, RECORD_TYPE, plain)
      const finishedAt = coverTime(this.now())
      const { owner: interviewer, form, version } = draft
      const isTraining = draft.isTraining === true
      const facts: CoverFacts = { ...ids, interviewer, form, version, finishedAt, isTraining }
      const ofCase = await this.drafts.subject(ids.instance, subject)
      return await this.number({ draft, facts, recipient, files: [record, ...files], ofCase })
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

  private async number({ draft, facts, files, recipient, ofCase }: Work): Promise<InstanceRow> {
    const { database } = this
    const { drafts, draftAttachments, draftChunks, draftJournal, recordings, instances, returns, contents } = database
    const { instance, interviewer, form, version, finishedAt, isTraining } = facts
    const rowOf = (items: readonly ItemRow[]): InstanceRow => {
      const marked = { ...(isTraining ? { isTraining } : {}), ...ofCase }
      return { instance, interviewer, form, version, finishedAt, number: items[0]?.number ?? 0, parts: items.length, ...marked }
    }
    const added = await this.chain.add(facts, files, recipient, {
      tables: [drafts, draftAttachments, draftChunks, draftJournal, recordings, instances, returns, contents],
      write: async (items) => {
        const current = await this.drafts.row(draft.id)
        if (current.revision !== draft.revision) throw new TabletError('draft.elsewhere')
        await instances.add(rowOf(items))
        await drafts.delete(draft.id)
        await this.drafts.files.removeAll(draft.id)
        await this.drafts.notes.removeAll(draft.id)
        await this.drafts.recordings?.forget(draft.id)
        // What was sent back is answered by this; nobody has to open it any more.
        const answered = await returns.where('draft').equals(draft.id).toArray()
        await contents.bulkDelete(answered.map(({ hash }) => hash))
        await returns.where('draft').equals(draft.id).modify({ isSettled: true })
      },
    })
    return rowOf(added)
  }
}

async function* onePiece(bytes: Bytes): AsyncGenerator<Bytes> {
  yield await Promise.resolve(bytes)
}
