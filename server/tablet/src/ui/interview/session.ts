/** One interview while it is open: the form, its draft, and the promise that every answer is kept at once. */
import { shallowReactive } from 'vue'
import { newCardCode } from '../../envelope/card'
import type { Outcome } from '../../envelope/record'
import {
  TabletError,
  type DraftContent,
  type Ending,
  type FinishedInstance,
  type FormVersion,
  type LoadedForm,
  type Tablet,
} from '../../services'
import type { FormEngine } from '../../form/engine'
import type { Entry, Question, Roster } from '../../form/model'
import type { RecordingWish } from '../../recording/service'
import { consentOf, YES, type Consent } from '../../form/consent'
import { isAttached, questionsIn } from '../../form/sections'
import type { OpenForm, RemovedEntry } from '../../form/open_form'
import { AUDIT_FILE } from '../../paradata/audit'
import { Recorder, type Shown } from '../../paradata/recorder'
import { auditSettings } from '../../paradata/settings'
import { afterPaint } from '../after_paint'
import type { EndingKind } from '../ending/done'
import { codeOf } from '../errors'
import { withBackground } from './background'
import { fileNameFor } from './file_names'
import { noteMark } from './phases'

export type Keeping = 'kept' | 'keeping' | 'failed'

/** Begins an interview, in the language of the app if the form has it, or goes on with a draft under the form version that it was begun with. */
export async function openSession(
  tablet: Tablet,
  engine: FormEngine,
  task: { readonly form: FormVersion } | { readonly draft: string },
  language: string,
): Promise<Session> {
  if ('form' in task) {
    const [{ device, interviewer }, loaded, isTraining] = await Promise.all([
      tablet.identity(),
      tablet.forms.load(task.form.version),
      tablet.isTraining(),
    ])
    const opened = await engine.open(loaded, { device, interviewer }, null, language)
    const session = new Session(tablet, opened, null, recorderOf(loaded, interviewer, []))
    session.isTraining = isTraining
    return session
  }
  const { device, interviewer } = await tablet.identity()
  const { summary, content } = await tablet.drafts.load(task.draft)
  const { version } = summary.form
  const loaded = await tablet.forms.load(version)
  const noted = await tablet.drafts.journal(task.draft)
  try {
    const opened = await engine.open(loaded, { device, interviewer }, { version, content })
    const session = new Session(tablet, opened, task.draft, recorderOf(loaded, interviewer, noted), content.card ?? null)
    session.isTraining = summary.isTraining === true
    return session
  } catch (error) {
    // The form itself opens, so it is this draft alone that somebody has to look at.
    if (codeOf(error) === 'draft.unreadable') await tablet.drafts.setAside(task.draft, 'draft.unreadable')
    throw error
  }
}

/** Only where the form asks for it. */
function recorderOf(form: LoadedForm, interviewer: string, noted: readonly string[]): Recorder | null {
  const settings = auditSettings(form.definition)
  if (settings === null) return null
  const recorder = new Recorder(settings, interviewer)
  recorder.begin(noted)
  return recorder
}

export class Session {
  readonly form: OpenForm
  /** Followed by Vue: whether the last answer is on disk, the code of what stood in the way, and whether it is being sealed. */
  readonly state = shallowReactive<{ keeping: Keeping; problem: string | null; sealing: boolean }>({
    keeping: 'kept',
    problem: null,
    sealing: false,
  })
  /** Questions whose problem may be shown, by key: those that the interviewer has been at. Followed by Vue. */
  readonly seen = shallowReactive(new Set<string>())
  /** Questions in whose field something stands that is no answer, such as letters for a number. Followed by Vue. */
  readonly unread = shallowReactive(new Set<string>())
  /** Orders that were begun and are no answers before they are whole, by the key of the question. Followed by Vue. */
  readonly begun = shallowReactive(new Map<string, readonly string[]>())
  /** Notes how the form is filled in, where the form asks for that. */
  readonly recorder: Recorder | null
  /** Begun in training, as its draft says: the mark stays, whatever is chosen meanwhile. */
  isTraining = false
  /** What a screen wants to find again when it comes back, by the key of its item. */
  readonly views = new Map<string, unknown>()
  readonly #tablet: Tablet
  #card: string | null
  #ending: EndingKind = 'complete'
  #draft: string | null
  #creating: Promise<string> | null = null
  #running: Promise<void> | null = null
  #isDue = false
  #finishing: Promise<FinishedInstance> | null = null
  #isFinished = false
  readonly #works = new Set<Promise<void>>()

  /** The question that allows the interview, or null where the form has none. */
  readonly consent: Consent | null

  constructor(
    tablet: Tablet,
    form: OpenForm,
    draft: string | null,
    recorder: Recorder | null = null,
    card: string | null = null,
  ) {
    this.#tablet = tablet
    this.form = form
    this.#draft = draft
    this.recorder = recorder
    this.consent = consentOf(form.form.definition)
    this.#card = card
  }

  /** An answer, the language or the place has changed: keeps the draft. One write at a time, the newest state last. */
  changed(): void {
    this.state.keeping = 'keeping'
    this.#isDue = true
    this.#running ??= this.#keep()
  }

  /** Resolves when nothing waits to be written, or the writing has failed. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  /** A place to come back to is worth keeping only once there is a draft. */
  moved(position: string | null): void {
    if (this.form.position === position) return
    this.form.position = position
    if (this.#draft !== null) this.changed()
  }

  /** The question of consent while it is asked. Followed by Vue. */
  get consentQuestion(): Question | null {
    if (this.consent === null) return null
    const { reference } = this.consent
    const shown = this.form.sections.flatMap(({ items }) => questionsIn(items))
    return shown.find((question) => question.reference === reference) ?? null
  }

  /** Whether the respondent has said no. Followed by Vue. */
  get isRefused(): boolean {
    const question = this.consentQuestion
    return question !== null && question.answered && !question.selected.includes(YES)
  }

  /** Whether anything but a refusal may be recorded: nobody has to be asked, or the respondent has said yes. */
  get isAllowed(): boolean {
    return this.consentQuestion?.selected.includes(YES) ?? true
  }

  /** The code of the respondent's card; null where nobody was asked for consent, so that there is nobody to give it to. */
  get card(): string | null {
    return this.#card
  }

  /** How the interview ended, once it is sealed. */
  get ending(): EndingKind {
    return this.#ending
  }

  /** Makes the code if there is none yet, and keeps it with the draft. */
  makeCard(): string | null {
    if (this.consent === null || this.#card !== null) return this.#card
    this.#card = newCardCode()
    this.changed()
    return this.#card
  }

  /** What is on the screen now: noted, and kept with the next answer. */
  shown(page: Shown | null): void {
    if (page === null) this.recorder?.endScreen()
    else this.recorder?.shown(page)
  }

  setText(question: Question, text: string): void {
    this.#answer(question, () => this.form.setText(question, text))
  }

  setSelected(question: Question, values: readonly string[]): void {
    this.#answer(question, () => this.form.setSelected(question, values))
  }

  acknowledge(question: Question, done: boolean): void {
    this.#answer(question, () => this.form.acknowledge(question, done))
    noteMark(this.#tablet.recorder, this.#draft, question, done)
  }

  #answer(question: Question, give: () => void): void {
    const before = question.text
    give()
    this.recorder?.answered(question.reference, before, question.text)
    this.changed()
  }

  /** Gives a reason why there is no answer, or with null takes it back. A file that was the answer goes. */
  async setMissing(question: Question, reason: string | null): Promise<void> {
    const file = isAttached(question) ? question.text : ''
    const draft = file === '' ? null : await this.ensured()
    this.#answer(question, () => this.form.setMissing(question, reason))
    this.unread.delete(question.key)
    if (draft !== null) await this.#dropped(draft, file)
  }

  setLanguage(tag: string): void {
    this.form.setLanguage(tag)
    if (this.#draft !== null) this.changed()
  }

  addEntry(roster: Roster): Entry {
    const entry = this.form.addEntry(roster)
    this.recorder?.happened('add repeat', entry.reference)
    this.changed()
    return entry
  }

  /** Takes an entry away; what comes back puts it in its place again, by `restoreEntry`. */
  removeEntry(roster: Roster, entry: Entry): RemovedEntry | null {
    this.recorder?.happened('delete repeat', entry.reference)
    const removed = this.form.removeEntry(roster, entry)
    this.changed()
    return removed
  }

  /** Null where there is no place for the entry any more. */
  restoreEntry(removed: RemovedEntry): Entry | null {
    const entry = this.form.restoreEntry(removed)
    if (entry !== null) this.recorder?.happened('add repeat', entry.reference)
    this.changed()
    return entry
  }

  /**
   * Keeps a file and then names it in the answer; an answer never names a file that is not there.
   *
   * Raises what the draft store raises.
   */
  attach(question: Question, file: Blob, extension: string): Promise<void> {
    return this.during(() => this.#attach(question, file, extension))
  }

  /** Runs work that ends in an answer, such as making a photo smaller: whoever finishes or leaves waits for it. */
  async during(work: () => Promise<void>): Promise<void> {
    const running = work()
    this.#works.add(running)
    try {
      await running
    } finally {
      this.#works.delete(running)
    }
  }

  /** Resolves when no work is under way and nothing waits to be written. Raises what a work raises meanwhile. */
  async quiet(): Promise<void> {
    while (this.#works.size > 0) await Promise.all(this.#works)
    await this.settled()
  }

  async #attach(question: Question, file: Blob, extension: string): Promise<void> {
    const draft = await this.ensured()
    const before = question.text
    const name = fileNameFor(question.name, extension)
    await this.#tablet.drafts.putAttachment(draft, name, file)
    this.#answer(question, () => this.form.attach(question, name))
    await this.#dropped(draft, before)
  }

  /** Begins a recording as the answer, or goes on with the one that it names. Raises what `RecordingService.start` raises. */
  async record(question: Question, wish: Pick<RecordingWish, 'quality' | 'seconds' | 'phases'>): Promise<void> {
    const { recorder } = this.#tablet
    const extension = recorder?.extension() ?? null
    if (recorder === null || extension === null) throw new TabletError('recording.unsupported')
    const answer = question.text === '' ? fileNameFor(question.name, extension) : question.text
    await recorder.start({ ...wish, draft: await this.ensured(), answer })
    if (question.text === '') this.bringBack(question, answer)
  }

  /** Names a recording of this draft in the answer. */
  bringBack(question: Question, answer: string): void {
    this.#answer(question, () => this.form.attach(question, answer))
  }

  async detach(question: Question): Promise<void> {
    const draft = await this.ensured()
    const before = question.text
    this.#answer(question, () => this.form.detach(question))
    await this.#dropped(draft, before)
  }

  /** The file of an answer. Raises `attachment.unknown`. */
  async attachment(question: Question): Promise<File> {
    return this.#tablet.drafts.attachment(await this.ensured(), question.text)
  }

  /**
   * Seals the interview; nothing may be answered while `state.sealing`, since the draft goes. Raises what the finisher
   * raises, and what a file raises that was still on its way into the draft; the draft is then still there.
   */
  async finish(outcome?: Outcome): Promise<FinishedInstance> {
    this.state.sealing = true
    this.#ending = outcome?.kind ?? 'complete'
    this.#finishing = this.#finish(outcome)
    try {
      return await this.#finishing
    } catch (error) {
      this.recorder?.happened('finalize error')
      throw error
    } finally {
      this.state.sealing = false
    }
  }

  /**
   * Seals that the respondent refused, and nothing else: no other answer, no file, no note of how it went. Raises as
   * `finish`, and `TypeError` where nobody was asked.
   */
  async refuse(): Promise<FinishedInstance> {
    if (this.consent === null) throw new TypeError('the form asks for no consent')
    this.state.sealing = true
    this.#ending = 'refused'
    this.#finishing = this.#refuse(this.consent)
    try {
      return await this.#finishing
    } finally {
      this.state.sealing = false
    }
  }

  /** Ends a recording of this interview that still runs: nothing is recorded of an interview that is over. */
  async hush(): Promise<void> {
    const { recorder } = this.#tablet
    if (recorder !== null && this.#draft !== null && recorder.current()?.draft === this.#draft) await recorder.stop()
  }

  /** Notes that the interview is left, and keeps that where there is a draft. Raises what `quiet` raises. */
  async leave(): Promise<void> {
    if (this.recorder !== null && this.#draft !== null) {
      this.recorder.left()
      this.recorder.happened('form save')
      this.recorder.happened('form exit')
      this.changed()
    }
    await this.quiet()
  }

  /** Whether it was sealed: there is no draft any more. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  /** Id of the draft, or null as long as nothing was kept. */
  get draft(): string | null {
    return this.#draft
  }

  /** Resolves when it is neither being sealed nor has anything to be kept. Raises what a work raises meanwhile. */
  async free(): Promise<void> {
    // What sealing raises is told on the page that asked for it.
    await this.#finishing?.catch(() => undefined)
    await this.quiet()
  }

  async #finish(outcome: Outcome | undefined): Promise<FinishedInstance> {
    this.makeCard()
    const draft = await this.ensured()
    await this.hush()
    await this.quiet()
    const audit = await this.#audit(draft)
    const finished = await this.form.finish(audit)
    const { instanceXml, attachmentNames } = await withBackground(finished, this.form, this.#tablet.recorder, draft)
    const ending: Ending = {
      ...(outcome === undefined ? {} : { outcome }),
      ...(this.#card === null ? {} : { card: this.#card }),
    }
    const { finisher } = this.#tablet
    return this.#sealed(await finisher.finish(draft, instanceXml, this.form.language, attachmentNames, ending))
  }

  async #refuse(consent: Consent): Promise<FinishedInstance> {
    const draft = await this.ensured()
    await this.hush()
    await this.quiet()
    const xml = await this.form.refuse(consent.reference)
    const outcome: Outcome = { kind: 'refused', reason: null }
    return this.#sealed(await this.#tablet.finisher.finish(draft, xml, this.form.language, [], { outcome }))
  }

  #sealed(finished: FinishedInstance): FinishedInstance {
    this.#isFinished = true
    return finished
  }

  /** Writes the audit file into the draft, where the form asks for one; its name. */
  async #audit(draft: string): Promise<string | null> {
    const { recorder } = this
    if (recorder === null) return null
    recorder.left()
    recorder.happened('form save')
    recorder.happened('form finalize')
    recorder.happened('form exit')
    this.changed()
    await this.settled()
    // What could not be kept must not be missing in the file that says what was done.
    if (this.state.problem !== null) throw new TabletError(this.state.problem)
    await this.#tablet.drafts.putAttachment(draft, AUDIT_FILE, recorder.file(await this.#tablet.drafts.journal(draft)))
    return AUDIT_FILE
  }

  async #dropped(draft: string, name: string): Promise<void> {
    await this.settled()
    if (name !== '' && this.state.keeping === 'kept') await this.#tablet.drafts.removeAttachment(draft, name)
  }

  /** The draft, made now where there is none yet. Raises what the draft store raises. */
  ensured(): Promise<string> {
    if (this.#draft !== null) return Promise.resolve(this.#draft)
    this.#creating ??= this.#noting((noted) => this.#tablet.drafts.create(this.form.form, this.#content(), noted)).then(
      (draft) => (this.#draft = draft),
      (error: unknown) => {
        this.#creating = null
        throw error
      },
    )
    return this.#creating
  }

  #content(): DraftContent {
    // Nothing leaves before a yes, also while the question is not asked yet.
    const mayLeave = this.consent === null || this.consentQuestion?.selected.includes(YES) === true
    return { ...this.form.draft(), mayLeave, ...(this.#card === null ? {} : { card: this.#card }) }
  }

  /** A write that takes what was noted with it, or gives it back where it fails. */
  async #noting<T>(write: (noted: string | null) => Promise<T>): Promise<T> {
    const noted = this.recorder?.take() ?? null
    try {
      return await write(noted)
    } catch (error) {
      if (noted !== null) this.recorder?.failed(noted)
      throw error
    }
  }

  async #keep(): Promise<void> {
    try {
      while (this.#isDue) {
        // What the answer changes on the screen goes first; to write down a long form takes longer than a frame.
        await afterPaint()
        this.#isDue = false
        const isFirst = this.#draft === null && this.#creating === null
        const draft = await this.ensured()
        if (!isFirst) await this.#noting((noted) => this.#tablet.drafts.save(draft, this.#content(), noted))
      }
      this.state.keeping = 'kept'
      this.state.problem = null
    } catch (error) {
      this.state.keeping = 'failed'
      this.state.problem = codeOf(error)
    } finally {
      this.#running = null
    }
  }
}
