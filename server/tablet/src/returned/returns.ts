/** What was sent back to this tablet: opened while its interviewer is here, and made into a draft. */
import { keyId, recipientPublicBytes } from '../envelope'
import { AUDIT_FILE } from '../paradata/audit'
import { TabletError, type DraftContent, type ReturnComment, type Returned, type ReturnRoom, type SentBack } from '../services'
import { randomId, type Bytes } from '../store/bytes'
import type { Changes } from '../store/changes'
import type { Database, ReturnRow } from '../store/database'
import type { Drafts } from '../store/drafts'
import { contentsOf, formBody, type ReturnBody } from '../store/feed_bodies'
import type { Forms } from '../store/forms'
import type { Gate } from '../store/gate'
import { instanceIds } from '../store/instance_ids'
import { openSeed } from '../store/keys'
import { asNewVersion, instanceName } from '../store/versions'
import { returnsIn } from '../sync/parcels'
import { openParcel, type Parcel } from './parcel'

const LOCK = 'feldbuch-returns'

/** A parcel without what is large: kept in memory while the tablet is open. */
type Summary = Omit<Parcel, 'files' | 'record'> & { readonly name: string | null }

export class Returns implements ReturnRoom {
  private readonly opened = new Map<string, Summary>()

  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly forms: Forms,
    private readonly drafts: Drafts,
    private readonly changes: Changes,
    private readonly locks: LockManager,
    /** Asks for a round soon: something is missing. */
    private readonly nudge: () => void,
  ) {}

  async list(): Promise<readonly SentBack[]> {
    const found: SentBack[] = []
    const describe = await this.forms.describer()
    const missing = new Set<string>()
    for (const all of (await this.byInstance()).values()) {
      const [newest] = all
      if (newest === undefined) continue
      const state = await this.stateOf(newest, all)
      if (state === 'settled') continue
      if (state === 'form_missing') missing.add(newest.form.version)
      const { id, kind, name, at, purpose } = newest
      const form = describe(newest.form.id, newest.form.version)
      found.push({ id, kind, form, name, at, comments: commentsOf(all), state, isTraining: purpose === 'training' })
    }
    await this.want([...missing])
    return found.sort((one, other) => other.at.localeCompare(one.at))
  }

  async correct(id: string): Promise<string> {
    return this.locks.request(LOCK, async () => {
      const own = (await this.entries()).find((each) => each.id === id)
      const all = [...(await this.byInstance()).values()].find((each) => each.some((summary) => summary.id === id))
      if (own === undefined || all === undefined) throw new TabletError('draft.unknown')
      const rows = await this.rowsOf(all)
      if (rows.some(({ isSettled }) => isSettled)) throw new TabletError('draft.unknown')
      const begun = await this.begunIn(rows)
      const draft = begun ?? (await this.ownDraft(all)) ?? randomId()
      await this.note(all, draft)
      const isThere = await this.isThere(draft)
      if (isThere) await this.addComments(draft, all)
      else await this.make(draft, await this.parcel(own), all)
      // A kill may have come between the draft and its files. One that the tablet had all along has its files.
      const isKilled = begun !== null && !rows.some((row) => row.draft === draft && row.hasFiles)
      if (!isThere || isKilled) await this.putFiles(draft, await this.parcel(own), all)
      else await this.markFiles(all)
      this.changes.tell()
      return draft
    })
  }

  async dismiss(id: string): Promise<void> {
    const all = [...(await this.byInstance()).values()].find((each) => each.some((summary) => summary.id === id)) ?? []
    await this.note(all, null)
    await this.database.returns.bulkUpdate(all.map((each) => ({ key: each.id, changes: { isSettled: true } })))
    this.changes.tell()
  }

  /** All that were opened for whoever is here, by the instance, each list with the newest first. */
  private async byInstance(): Promise<Map<string, readonly Summary[]>> {
    const found = new Map<string, readonly Summary[]>()
    for (const entry of (await this.entries()).reverse()) {
      const summary = await this.summary(entry)
      if (summary !== null) found.set(summary.instance, [...(found.get(summary.instance) ?? []), summary])
    }
    return found
  }

  /** What the feed holds for the key of whoever is here, in its order, each return once. */
  private async entries(): Promise<ReturnBody[]> {
    const key = keyId(await recipientPublicBytes(await this.seed()))
    const own = (await returnsIn(this.database)).filter((each) => each.key === key)
    return [...new Map(own.map((each) => [each.id, each])).values()]
  }

  /** Null for what has not come yet, is settled and gone, or does not open: nobody can do anything about it here. */
  private async summary(entry: ReturnBody): Promise<Summary | null> {
    const known = this.opened.get(entry.id)
    if (known !== undefined) return known
    try {
      const { files: _, record, ...rest } = await this.parcel(entry)
      const summary = { ...rest, name: instanceName(record.instanceXml) }
      this.opened.set(entry.id, summary)
      return summary
    } catch (error) {
      if (error instanceof TabletError && error.code === 'tablet.locked') throw error
      return null
    }
  }

  /** Raises `draft.unknown`, `envelope.parcel.*`. */
  private async parcel(entry: ReturnBody): Promise<Parcel> {
    const content = await this.database.contents.get(entry.parcel.hash)
    const enrolled = await this.database.get('enrolled')
    if (content === undefined || enrolled === undefined) throw new TabletError('draft.unknown')
    const addressee = { study: enrolled.study, device: enrolled.device, interviewer: this.gate.interviewer() }
    return openParcel(content.bytes, entry.id, addressee, await this.seed())
  }

  private async seed(): Promise<Bytes> {
    const keys = this.gate.open()
    const row = await this.database.interviewers.get(this.gate.interviewer())
    if (row === undefined) throw new TabletError('tablet.locked')
    return openSeed(keys, row.keys)
  }

  private async stateOf(newest: Summary, all: readonly Summary[]): Promise<SentBack['state'] | 'settled'> {
    const rows = await this.rowsOf(all)
    if (all.every(({ id }) => rows.some((row) => row.id === id && row.isSettled))) return 'settled'
    const wasFinished = newest.kind === 'unfinished' && (await this.database.instances.get(newest.instance)) !== undefined
    if (rows.some(({ isSettled }) => isSettled) || wasFinished) return 'answered'
    if ((await this.begunIn(rows)) !== null) return 'begun'
    return (await this.isHere(newest.form.version)) ? 'waiting' : 'form_missing'
  }

  /** The draft that whoever is here has made from one of these; somebody else may have made another. */
  private async begunIn(rows: readonly ReturnRow[]): Promise<string | null> {
    for (const { draft } of rows) if (draft !== null && (await this.isThere(draft))) return draft
    return null
  }

  /** The draft of an unfinished interview that never left this tablet: two of one instance could not both be finished. */
  private async ownDraft([newest]: readonly Summary[]): Promise<string | null> {
    return newest?.kind === 'unfinished' ? this.drafts.ofInstance(newest.instance) : null
  }

  private async isThere(draft: string): Promise<boolean> {
    return (await this.database.drafts.get(draft))?.owner === this.gate.interviewer()
  }

  /** Whether a version of a form can be opened here. */
  private async isHere(version: string): Promise<boolean> {
    const rows = await this.database.feed.where('kind').equals('form').toArray()
    const row = rows.find(({ body }) => body['version'] === version)
    if (row === undefined) return false
    const needed = contentsOf(formBody(row.body)).map(({ hash }) => hash)
    const present = await this.database.contents.where('hash').anyOf(needed).primaryKeys()
    return needed.every((hash) => present.includes(hash))
  }

  /** What became of these, and of earlier ones of the same instance whose parcel has gone since. */
  private async rowsOf(all: readonly Summary[]): Promise<ReturnRow[]> {
    const instance = all[0]?.instance
    return (await this.database.returns.toArray()).filter((row) => row.instance === instance)
  }

  private async note(all: readonly Summary[], draft: string | null): Promise<void> {
    const hashes = new Map((await this.entries()).map(({ id, parcel }) => [id, parcel.hash]))
    await this.database.transaction('rw', this.database.returns, async () => {
      for (const { id, instance } of all) {
        const known = await this.database.returns.get(id)
        const fresh = { id, instance, hash: hashes.get(id) ?? '', hasFiles: false, isSettled: false }
        await this.database.returns.put({ ...fresh, ...known, draft: draft ?? known?.draft ?? null })
      }
    })
  }

  private async make(draft: string, parcel: Parcel, all: readonly Summary[]): Promise<void> {
    const { record, instance, kind } = parcel
    const form = await this.forms.load(parcel.form.version)
    const isCorrection = kind === 'has_issues'
    const instanceXml = isCorrection ? asNewVersion(record.instanceXml, `uuid:${crypto.randomUUID()}`) : record.instanceXml
    const own = record.attachments.map((each) => ({ ...each, instance }))
    const returned: Returned = {
      ids: all.map(({ id }) => id),
      // What was under way may itself have been a correction.
      replaces: isCorrection ? instance : instanceIds(record.instanceXml).replaces,
      comments: commentsOf(all),
      // How the earlier version was filled in is told by the file that stays with it.
      kept: [...(isCorrection ? own : []), ...(record.kept ?? [])].filter(({ name }) => name !== AUDIT_FILE),
      here: [...parcel.files.keys()],
    }
    const content: DraftContent = {
      instanceXml,
      hidden: {},
      language: record.language ?? form.languages[0] ?? 'und',
      position: null,
      mayLeave: false,
      returned,
      progress: { answered: 0, asked: 0 },
      ...(record.card === undefined ? {} : { card: record.card }),
      ...(record.case === undefined ? {} : { subject: { id: record.case, label: record.case } }),
    }
    const copies = isCorrection ? {} : { copies: firstCopy() - 1 }
    await this.drafts.create(form, content, null, { id: draft, isTraining: parcel.purpose === 'training', ...copies })
  }

  /** Whoever has begun goes on with what there is; what was said meanwhile comes along. */
  private async addComments(draft: string, all: readonly Summary[]): Promise<void> {
    const { summary, content } = await this.drafts.load(draft)
    const returned = content.returned ?? { ids: [], replaces: null, comments: [], kept: [], here: [] }
    if (all.every(({ id }) => returned.ids.includes(id))) return
    const told = { ...returned, ids: all.map(({ id }) => id), comments: commentsOf(all) }
    await this.drafts.save(draft, { ...content, returned: told }, null, summary.form.version)
  }

  private async putFiles(draft: string, parcel: Parcel, all: readonly Summary[]): Promise<void> {
    const types = new Map([...parcel.record.attachments, ...(parcel.record.kept ?? [])].map((each) => [each.name, each.contentType]))
    const present = new Set((await this.drafts.attachments(draft)).map(({ name }) => name))
    for (const [name, bytes] of parcel.files) {
      if (present.has(name) || name === AUDIT_FILE) continue
      await this.drafts.putAttachment(draft, name, new Blob([bytes], { type: types.get(name) ?? '' }))
    }
    await this.markFiles(all)
  }

  private async markFiles(all: readonly Summary[]): Promise<void> {
    await this.database.returns.bulkUpdate(all.map(({ id }) => ({ key: id, changes: { hasFiles: true } })))
  }

  /** Has the versions that are missing fetched with the next round. */
  private async want(versions: readonly string[]): Promise<void> {
    const before = (await this.database.get('wanted')) ?? []
    if (versions.length === before.length && versions.every((each) => before.includes(each))) return
    await this.database.put('wanted', versions)
    if (versions.length > 0) this.nudge()
  }
}

/** Where the checkpoints of an interview begin that another tablet may have made some of: no tablet makes so many. */
function firstCopy(): number {
  return 1000 + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 8000)
}

function commentsOf(all: readonly Summary[]): readonly ReturnComment[] {
  return all.flatMap(({ by, at, comments }) => comments.map(({ path, text }) => ({ path, text, by, at })))
}
