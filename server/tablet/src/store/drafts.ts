import {
  TabletError,
  type CaseReference,
  type DraftAside,
  type DraftAttachment,
  type DraftContent,
  type DraftStep,
  type DraftStore,
  type DraftSummary,
  type FormVersion,
  type Returned,
} from '../services'
import type { Recordings } from '../recording/recordings'
import { randomId } from './bytes'
import type { Changes } from './changes'
import type { Checkpoints } from './checkpoints'
import type { Database, DraftRow } from './database'
import { openContent, sealContent } from './draft_content'
import { DraftFiles } from './draft_files'
import { DraftJournal } from './draft_journal'
import type { MovingStore } from './draft_moves'
import type { Forms } from './forms'
import { orFull } from './full'
import type { Gate } from './gate'
import type { Sealed } from './sealed'
import { whileStaging } from './staging'
import { Turns } from './turns'

/** Drafts, sealed under the tablet's key before they reach the disk. */
export class Drafts implements DraftStore {
  /** The revision of each draft that this tab has seen. */
  private readonly seen = new Map<string, number>()
  /** The revision of each draft that was seen to open. */
  private readonly sound = new Map<string, number>()
  private readonly turns = new Turns()
  readonly files: DraftFiles
  readonly notes: DraftJournal

  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly forms: Forms,
    private readonly changes: Changes,
    private readonly locks: LockManager,
    private readonly now: () => Date = () => new Date(),
    /** Null where the platform has no place for them. */
    readonly recordings: Recordings | null = null,
    readonly copies: Pick<Checkpoints, 'saved' | 'forget'> | null = null,
  ) {
    this.files = new DraftFiles(database, gate)
    this.notes = new DraftJournal(database, gate)
  }

  /** `given`: an id and a mark that are decided already, as for a record that was sent back. */
  async create(
    form: FormVersion,
    content: DraftContent,
    noted: string | null = null,
    given: { readonly id?: string; readonly isTraining?: boolean; readonly copies?: number } = {},
  ): Promise<string> {
    const id = given.id ?? randomId()
    const at = this.now().toISOString()
    const owner = this.gate.interviewer()
    const isTraining = given.isTraining ?? (await this.database.interviewers.get(owner))?.isTraining === true
    const row: DraftRow = {
      id,
      owner,
      form: form.id,
      version: form.version,
      startedAt: at,
      changedAt: at,
      ...content.progress,
      ...(isTraining ? { isTraining } : {}),
      ...(given.copies === undefined ? {} : { copies: given.copies }),
      revision: 1,
      content: await sealContent(this.gate.open().drafts, id, content),
      ...(await this.subject(id, content.subject)),
    }
    const note = await this.notes.seal(id, noted)
    await orFull(() =>
      this.database.transaction('rw', this.database.drafts, this.database.draftJournal, async () => {
        await this.database.drafts.add(row)
        await this.notes.add(id, note)
      }),
    )
    this.seen.set(id, 1)
    this.copies?.saved(id, content, 1)
    this.changes.tell()
    return id
  }

  async list(): Promise<readonly DraftSummary[]> {
    const rows = await this.database.drafts.where('owner').equals(this.gate.interviewer()).sortBy('changedAt')
    const describe = await this.forms.describer()
    // What does not open is told here, before anybody counts on it.
    return Promise.all(rows.reverse().map(async (row) => summary(await this.looked(row), describe)))
  }

  async load(id: string): ReturnType<DraftStore['load']> {
    const row = await this.row(id)
    const content = await this.opened(row)
    this.seen.set(id, row.revision)
    const describe = await this.forms.describer()
    return { summary: summary(row, describe), content, revision: row.revision }
  }

  /** Marks a draft as one that cannot be gone on with, and why. Nothing of it is changed; the next save takes the mark away. */
  async setAside(id: string, code: string): Promise<void> {
    await this.database.drafts.update(id, { setAside: code })
    this.changes.tell()
  }

  /** Raises `draft.unknown`, `draft.elsewhere` when another tab saved it meanwhile or it was moved, `storage.full`. */
  async save(id: string, content: DraftContent, noted: string | null = null, under?: string): Promise<void> {
    const revision = await this.turns.take(id, async () => {
      const sealed = await sealContent(this.gate.open().drafts, id, content)
      const note = await this.notes.seal(id, noted)
      const changedAt = this.now().toISOString()
      const kept = await orFull(() =>
        this.database.transaction('rw', this.database.drafts, this.database.draftJournal, async () => {
          const row = await this.seenRow(id)
          if (under !== undefined && row.version !== under) throw new TabletError('draft.elsewhere')
          const { answered, asked } = content.progress
          const { setAside: _, ...same } = row
          const next = { ...same, answered, asked, changedAt, revision: row.revision + 1, content: sealed }
          await this.database.drafts.put(next)
          await this.notes.add(id, note)
          return next.revision
        }),
      )
      this.seen.set(id, kept)
      return kept
    })
    this.copies?.saved(id, content, revision)
    this.changes.tell()
  }

  async move(id: string, step: DraftStep, content: DraftContent, noted: string | null = null): Promise<void> {
    const { moveDraft } = await import('./draft_moves')
    // A copy that waits says what was said under the version before.
    this.copies?.forget(id)
    await this.turns.take(id, async () => {
      await moveDraft(this.moving(), id, step, content, noted)
      this.seen.set(id, step.revision + 1)
    })
    this.copies?.saved(id, content, step.revision + 1)
    this.changes.tell()
  }

  async aside(id: string): Promise<readonly DraftAside[]> {
    return (await import('./draft_moves')).asideOf(this.moving(), id)
  }

  journal(id: string): Promise<readonly string[]> {
    return this.notes.read(id)
  }

  async putAttachment(id: string, name: string, file: Blob): Promise<void> {
    await this.row(id)
    await this.turns.take(`${id}/files`, () => 
      whileStaging(this.locks, () => orFull(() => this.files.put(id, name, file))),
    )
  }

  attachment(id: string, name: string): Promise<File> {
    return this.files.read(id, name)
  }

  attachments(id: string): Promise<readonly DraftAttachment[]> {
    return this.files.list(id)
  }

  async removeAttachment(id: string, name: string): Promise<void> {
    await this.turns.take(`${id}/files`, async () => {
      // A recording stays until the draft goes: two hours are not thrown away by a tap that can be taken back.
      await this.recordings?.running?.stopFor(id, name)
      // What the draft said under another version may name it still.
      if ((await this.database.drafts.get(id))?.aside === undefined) await this.files.remove(id, name)
    })
  }

  async discard(id: string): Promise<void> {
    this.copies?.forget(id)
    const { drafts, draftAttachments, draftChunks, draftJournal, recordings } = this.database
    await this.recordings?.running?.stopFor(id)
    await this.turns.take(id, () =>
      this.database.transaction('rw', drafts, draftAttachments, draftChunks, draftJournal, recordings, async () => {
        await drafts.delete(id)
        await this.notes.removeAll(id)
        await this.files.removeAll(id)
        await this.recordings?.forget(id)
      }),
    )
    await this.recordings?.sweep()
    this.seen.delete(id)
    this.changes.tell()
  }

  /** Runs `work` when no save and no change of files of this draft is under way. */
  async inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.turns.take(id, () => this.turns.take(`${id}/files`, work))
  }

  /** What a draft knows of the record that it was made from. Raises as `load`. */
  async returned(id: string): Promise<Returned | null> {
    return (await this.opened(await this.row(id))).returned ?? null
  }

  /** The draft of this instance, of the interviewer whose keys are in use, or null. Raises `tablet.locked`. */
  async ofInstance(instance: string): Promise<string | null> {
    const { instanceIds } = await import('./instance_ids')
    for (const row of await this.database.drafts.where('owner').equals(this.gate.interviewer()).toArray()) {
      try {
        if (instanceIds((await this.opened(row)).instanceXml).instance === instance) return row.id
      } catch (error) {
        if (!(error instanceof TabletError) || error.code === 'tablet.locked') throw error
      }
    }
    return null
  }

  /** What the row of a draft or instance says of its case. Raises `tablet.locked`. */
  async subject(id: string, subject: CaseReference | undefined): Promise<{ readonly subject?: Sealed }> {
    if (subject === undefined) return {}
    const key = this.gate.open().drafts
    const { sealSubject, subjectPlace } = await import('../cases/room')
    return { subject: await sealSubject(key, subjectPlace(id), subject) }
  }

  /** The row of a draft of the interviewer whose keys are in use. Raises `draft.unknown`, `tablet.locked`. */
  async row(id: string): Promise<DraftRow> {
    const owner = this.gate.interviewer()
    const row = await this.database.drafts.get(id)
    if (row?.owner !== owner) throw new TabletError('draft.unknown')
    return row
  }

  /** As `row`, of a draft that only this tab has gone on with. Raises also `draft.elsewhere`. */
  async seenRow(id: string): Promise<DraftRow> {
    const row = await this.row(id)
    if (row.revision !== this.seen.get(id)) throw new TabletError('draft.elsewhere')
    return row
  }

  /** Opens a row; one that does not open is set aside, as it is. Raises `draft.sealed`, `draft.malformed`. */
  private async opened(row: DraftRow): Promise<DraftContent> {
    const key = this.gate.open().drafts
    try {
      const content = await openContent(key, row.id, row.content)
      this.sound.set(row.id, row.revision)
      return content
    } catch (error) {
      if (error instanceof TabletError && row.setAside !== error.code) await this.setAside(row.id, error.code)
      throw error
    }
  }

  private moving(): MovingStore {
    const { database, gate, forms, notes } = this
    return { database, gate, forms, notes, row: (id) => this.row(id) }
  }

  private async looked(row: DraftRow): Promise<DraftRow> {
    if (row.setAside !== undefined || this.sound.get(row.id) === row.revision) return row
    try {
      await this.opened(row)
      return row
    } catch (error) {
      if (error instanceof TabletError && error.code.startsWith('draft.')) return { ...row, setAside: error.code }
      throw error
    }
  }
}

type Describe = (id: string, version: string) => FormVersion

function summary(row: DraftRow, describe: Describe): DraftSummary {
  const { id, startedAt, changedAt, answered, asked, isTraining = false } = row
  const movedFrom = (row.aside ?? []).map(({ version }) => describe(row.form, version)).reverse()
  const form = describe(row.form, row.version)
  const known = { id, form, startedAt, changedAt, progress: { answered, asked }, setAside: row.setAside ?? null, isTraining }
  return movedFrom.length === 0 ? known : { ...known, movedFrom }
}
