/** The cases of the interviewer who has the tablet open: opened while they are here, and forgotten with the lock. */
import { EnvelopeError } from '../envelope'
import { TabletError, type CaseReference, type OwnCase, type OwnCases } from '../services'
import type { Database } from '../store/database'
import type { Forms } from '../store/forms'
import type { Gate } from '../store/gate'
import { openSeed } from '../store/keys'
import { listsIn } from './lists'
import { openCases, type ListedCase } from './sealed_list'
import { openSubject, subjectPlace } from './subject'

export class Cases {
  /** What was opened last, by the hash of its list. */
  private opened: { readonly hash: string; readonly cases: readonly ListedCase[] } | null = null

  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly forms: Forms,
  ) {}

  /** Raises `tablet.locked`. */
  async look(): Promise<OwnCases> {
    const subjects = await this.subjects()
    const [listed, forms, done] = await Promise.all([this.listed(), this.forms.current(), this.done(subjects)])
    if (listed === null) return { cases: null, subjects }
    const byId = new Map(forms.map((form) => [form.id, form]))
    const cases = listed.map<OwnCase>(({ id, label, due, note, properties, forms: wanted }) => ({
      id,
      label,
      due,
      note,
      properties,
      forms: wanted.length === 0 ? forms : wanted.flatMap((form) => byId.get(form) ?? []),
      lacking: wanted.filter((form) => !byId.has(form)),
      done: done.get(id) ?? 0,
    }))
    return { cases, subjects }
  }

  private async subjects(): Promise<ReadonlyMap<string, CaseReference>> {
    const owner = this.gate.interviewer()
    const key = this.gate.open().drafts
    const drafts = await this.database.drafts.where('owner').equals(owner).toArray()
    const instances = (await this.database.instances.toArray()).filter(({ interviewer }) => interviewer === owner)
    const found = new Map<string, CaseReference>()
    const rows = [...drafts.map((row) => ({ id: row.id, subject: row.subject })), ...instances.map((row) => ({ id: row.instance, subject: row.subject }))]
    for (const { id, subject } of rows) {
      const opened = subject === undefined ? null : await openSubject(key, subjectPlace(id), subject)
      if (opened !== null) found.set(id, opened)
    }
    return found
  }

  /** How many interviews were finished here for each case. Training counts nowhere. */
  private async done(subjects: ReadonlyMap<string, CaseReference>): Promise<ReadonlyMap<string, number>> {
    const real = new Set((await this.database.instances.toArray()).flatMap((row) => (row.isTraining === true ? [] : row.instance)))
    const counted = new Map<string, number>()
    for (const [id, { id: subject }] of subjects) {
      if (real.has(id)) counted.set(subject, (counted.get(subject) ?? 0) + 1)
    }
    return counted
  }

  /** The newest list that is here; null for one that does not open. */
  private async listed(): Promise<readonly ListedCase[] | null> {
    const interviewer = this.gate.interviewer()
    const own = (await listsIn(this.database)).filter((each) => each.interviewer === interviewer).reverse()
    for (const { list } of own) {
      if (this.opened?.hash === list.hash) return this.opened.cases
      const content = await this.database.contents.get(list.hash)
      if (content === undefined) continue
      const cases = await this.open(content.bytes, interviewer)
      if (cases !== null) this.opened = { hash: list.hash, cases }
      return cases
    }
    return []
  }

  private async open(sealed: Uint8Array<ArrayBuffer>, interviewer: string): Promise<readonly ListedCase[] | null> {
    const [enrolled, row] = await Promise.all([this.database.get('enrolled'), this.database.interviewers.get(interviewer)])
    if (enrolled === undefined || row === undefined) throw new TabletError('tablet.locked')
    const seed = await openSeed(this.gate.open(), row.keys)
    try {
      return await openCases(sealed, { study: enrolled.study, device: enrolled.device, interviewer }, seed)
    } catch (error) {
      if (error instanceof EnvelopeError) return null
      throw error
    } finally {
      seed.fill(0)
    }
  }
}
