/** One interview while it is open: the form, its draft, and the promise that every answer is kept at once. */
import { shallowReactive } from 'vue'
import { newCardCode } from '../../envelope/card'
import type { Outcome } from '../../envelope/record'
import type { CaseReference, DraftContent, FinishedInstance, Returned, Tablet } from '../../services'
import type { Consent } from '../../form/consent'
import type { Entry, Question, Roster } from '../../form/model'
import { isAttached } from '../../form/sections'
import type { OpenForm, RemovedEntry } from '../../form/open_form'
import type { Recorder, Shown } from '../../paradata/recorder'
import type { EndingKind } from '../ending/done'
import { AnswerFiles, type WishToRecord } from './answer_files'
import { AskedConsent } from './asked_consent'
import { BegunOrders, type KeptOrders, type Order } from './begun'
import { Keeper, type KeepingState } from './keeping'
import { noteMark } from './phases'
import { Sealing } from './sealing'

export class Session {
  readonly form: OpenForm
  /** Followed by Vue: whether the last answer is on disk, the code of what stood in the way, and whether it is being sealed. */
  readonly state = shallowReactive<KeepingState & { sealing: boolean }>({ keeping: 'kept', problem: null, sealing: false })
  /** Questions whose problem may be shown, by key: those that the interviewer has been at. Followed by Vue. */
  readonly seen = shallowReactive(new Set<string>())
  /** Questions in whose field something stands that is no answer, such as letters for a number. Followed by Vue. */
  readonly unread = shallowReactive(new Set<string>())
  /** Orders that are no answers yet. */
  readonly begun: BegunOrders
  /** Notes how the form is filled in, where the form asks for that. */
  readonly recorder: Recorder | null
  /** Begun in training, as its draft says: the mark stays, whatever is chosen meanwhile. */
  isTraining = false
  /** What it goes back to, where it was made from a record that was sent back. */
  returned: Returned | null = null
  /** The case that it was begun for, as its draft says. */
  subject: CaseReference | null = null
  /** What a screen wants to find again when it comes back, by the key of its item. */
  readonly views = new Map<string, unknown>()
  readonly #tablet: Tablet
  readonly #asked: AskedConsent
  readonly #keeper: Keeper
  readonly #files: AnswerFiles
  readonly #sealing: Sealing
  #card: string | null

  constructor(
    tablet: Tablet,
    form: OpenForm,
    draft: string | null,
    recorder: Recorder | null = null,
    card: string | null = null,
    begun: KeptOrders = {},
  ) {
    this.#tablet = tablet
    this.form = form
    this.recorder = recorder
    this.#card = card
    this.begun = Object.keys(begun).length === 0 ? new BegunOrders() : new BegunOrders(begun, form.questions)
    for (const key of this.begun.keys()) this.unread.add(key)
    this.#asked = new AskedConsent(form)
    this.#keeper = new Keeper(tablet.drafts, form.form, draft, () => this.#content(), recorder, this.state)
    const isKept = (): boolean => this.state.keeping === 'kept'
    this.#files = new AnswerFiles(tablet, form, this.#keeper, isKept, (question, give) => this.#answer(question, give))
    this.#sealing = new Sealing(tablet, form, this.#keeper, this.#files, recorder, this.state, () => this.makeCard(), () => this.subject)
  }

  /** An answer, the language or the place has changed: keeps the draft. One write at a time, the newest state last. */
  changed(): void {
    this.#keeper.changed()
  }

  /** Resolves when nothing waits to be written, or the writing has failed. */
  settled(): Promise<void> {
    return this.#keeper.settled()
  }

  /** A place to come back to is worth keeping only once there is a draft. */
  moved(position: string | null): void {
    if (this.form.position === position) return
    this.form.position = position
    if (this.draft !== null) this.changed()
  }

  /** The question that allows the interview, or null where the form has none. */
  get consent(): Consent | null {
    return this.#asked.marked
  }

  /** The question of consent while it is asked. Followed by Vue. */
  get consentQuestion(): Question | null {
    return this.#asked.question
  }

  /** Whether the respondent has said no. Followed by Vue. */
  get isRefused(): boolean {
    return this.#asked.isRefused
  }

  /** Whether anything but a refusal may be recorded: nobody has to be asked, or the respondent has said yes. */
  get isAllowed(): boolean {
    return this.#asked.isAllowed
  }

  /** The code of the respondent's card; null where nobody was asked for consent, so that there is nobody to give it to. */
  get card(): string | null {
    return this.#card
  }

  /** How the interview ended, once it is sealed. */
  get ending(): EndingKind {
    return this.#sealing.kind
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

  /** An order that is not whole: kept with the draft, and no answer. */
  order(question: Question, order: Order): void {
    this.begun.set(question, order)
    this.changed()
  }

  acknowledge(question: Question, done: boolean): void {
    this.#answer(question, () => this.form.acknowledge(question, done))
    noteMark(this.#tablet.recorder, this.draft, question, done)
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
    if (draft !== null) await this.#files.dropped(draft, file)
  }

  setLanguage(tag: string): void {
    this.form.setLanguage(tag)
    if (this.draft !== null) this.changed()
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
    return this.during(() => this.#files.attach(question, file, extension))
  }

  /** Runs work that ends in an answer, such as making a photo smaller: whoever finishes or leaves waits for it. */
  during(work: () => Promise<void>): Promise<void> {
    return this.#keeper.during(work)
  }

  /** Resolves when no work is under way and nothing waits to be written. Raises what a work raises meanwhile. */
  quiet(): Promise<void> {
    return this.#keeper.quiet()
  }

  /** Begins a recording as the answer, or goes on with the one that it names. Raises what `RecordingService.start` raises. */
  record(question: Question, wish: WishToRecord): Promise<void> {
    return this.#files.record(question, wish)
  }

  /** Names a recording of this draft in the answer. */
  bringBack(question: Question, answer: string): void {
    this.#files.name(question, answer)
  }

  detach(question: Question): Promise<void> {
    return this.#files.detach(question)
  }

  /** The file of an answer. Raises `attachment.unknown`. */
  attachment(question: Question): Promise<File> {
    return this.#files.file(question)
  }

  /**
   * Seals the interview; nothing may be answered while `state.sealing`, since the draft goes. Raises what the finisher
   * raises, and what a file raises that was still on its way into the draft; the draft is then still there.
   */
  finish(outcome?: Outcome): Promise<FinishedInstance> {
    return this.#sealing.finish(outcome)
  }

  /**
   * Seals that the respondent refused, and nothing else: no other answer, no file, no note of how it went. Raises as
   * `finish`, and `TypeError` where nobody was asked.
   */
  async refuse(): Promise<FinishedInstance> {
    if (this.consent === null) throw new TypeError('the form asks for no consent')
    return this.#sealing.refuse(this.consent.reference)
  }

  /** Ends a recording of this interview that still runs: nothing is recorded of an interview that is over. */
  hush(): Promise<void> {
    return this.#files.hush()
  }

  /** Notes that the interview is left, and keeps that where there is a draft. Raises what `quiet` raises. */
  async leave(): Promise<void> {
    if (this.recorder !== null && this.draft !== null) {
      this.recorder.left()
      this.recorder.happened('form save')
      this.recorder.happened('form exit')
      this.changed()
    }
    await this.quiet()
  }

  /** Whether it was sealed: there is no draft any more. */
  get isFinished(): boolean {
    return this.#sealing.isFinished
  }

  /** Id of the draft, or null as long as nothing was kept. */
  get draft(): string | null {
    return this.#keeper.draft
  }

  /** Resolves when it is neither being sealed nor has anything to be kept. Raises what a work raises meanwhile. */
  async free(): Promise<void> {
    await this.#sealing.over()
    await this.quiet()
  }

  /** The draft, made now where there is none yet. Raises what the draft store raises. */
  ensured(): Promise<string> {
    return this.#keeper.ensured()
  }

  #content(): DraftContent {
    const { mayLeave } = this.#asked
    const begun = this.begun.kept()
    return {
      ...this.form.draft(),
      mayLeave,
      ...(this.#card === null ? {} : { card: this.#card }),
      ...(begun === null ? {} : { begun }),
      ...(this.returned === null ? {} : { returned: this.returned }),
      ...(this.subject === null ? {} : { subject: this.subject }),
    }
  }
}
