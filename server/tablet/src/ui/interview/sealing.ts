/** How an interview ends: it is sealed as it stands, or as a refusal that says nothing else. */
import type { Outcome } from '../../envelope/record'
import { TabletError, type CaseReference, type Ending, type FinishedInstance, type Tablet } from '../../services'
import type { OpenForm } from '../../form/open_form'
import { AUDIT_FILE } from '../../paradata/audit'
import type { Recorder } from '../../paradata/recorder'
import type { EndingKind } from '../ending/done'
import { withBackground } from './background'
import type { AnswerFiles } from './answer_files'
import type { Keeper } from './keeping'

/** Followed by Vue. */
interface SealingState {
  readonly problem: string | null
  sealing: boolean
}

export class Sealing {
  /** How the interview ended, once it is sealed. */
  kind: EndingKind = 'complete'
  isFinished = false
  #running: Promise<FinishedInstance> | null = null

  constructor(
    private readonly tablet: Tablet,
    private readonly form: OpenForm,
    private readonly keeper: Keeper,
    private readonly files: AnswerFiles,
    private readonly recorder: Recorder | null,
    private readonly state: SealingState,
    /** Code of the respondent's card, made now where there is to be one. */
    private readonly card: () => string | null,
    /** The case that it was begun for. */
    private readonly subject: () => CaseReference | null,
  ) {}

  async finish(outcome?: Outcome): Promise<FinishedInstance> {
    try {
      return await this.#run(outcome?.kind ?? 'complete', () => this.#finish(outcome))
    } catch (error) {
      this.recorder?.happened('finalize error')
      throw error
    }
  }

  /** `reference` is that of the question that was answered with a no. */
  refuse(reference: string): Promise<FinishedInstance> {
    return this.#run('refused', () => this.#refuse(reference))
  }

  /** Resolves when nothing is being sealed. */
  async over(): Promise<void> {
    // What sealing raises is told on the page that asked for it.
    await this.#running?.catch(() => undefined)
  }

  async #run(kind: EndingKind, work: () => Promise<FinishedInstance>): Promise<FinishedInstance> {
    this.state.sealing = true
    this.kind = kind
    this.#running = work().then((finished) => {
      this.isFinished = true
      return finished
    })
    try {
      return await this.#running
    } finally {
      this.state.sealing = false
    }
  }

  async #finish(outcome: Outcome | undefined): Promise<FinishedInstance> {
    const card = this.card()
    const draft = await this.#still()
    const audit = await this.#audit(draft)
    const finished = await this.form.finish(audit)
    const { instanceXml, attachmentNames } = await withBackground(finished, this.form, this.tablet.recorder, draft)
    const ending: Ending = { ...(outcome === undefined ? {} : { outcome }), ...(card === null ? {} : { card }) }
    return this.tablet.finisher.finish(draft, instanceXml, this.form.language, attachmentNames, this.#told(ending))
  }

  async #refuse(reference: string): Promise<FinishedInstance> {
    const draft = await this.#still()
    const xml = await this.form.refuse(reference)
    const outcome: Outcome = { kind: 'refused', reason: null }
    return this.tablet.finisher.finish(draft, xml, this.form.language, [], this.#told({ outcome }))
  }

  /** Also a refusal says which case it is of: nobody is to be asked again because that was forgotten. */
  #told(ending: Ending): Ending {
    const subject = this.subject()
    return subject === null ? ending : { ...ending, subject }
  }

  /** The draft, with nothing on its way into it any more. */
  async #still(): Promise<string> {
    const draft = await this.keeper.ensured()
    await this.files.hush()
    await this.keeper.quiet()
    // Somebody went on elsewhere: to seal would throw that away. What a full disk kept out is still in what is sealed.
    if (this.state.problem === 'draft.elsewhere') throw new TabletError(this.state.problem)
    return draft
  }

  /** Writes the audit file into the draft, where the form asks for one; its name. */
  async #audit(draft: string): Promise<string | null> {
    const { recorder } = this
    const { drafts } = this.tablet
    if (recorder === null) return null
    recorder.left()
    recorder.happened('form save')
    recorder.happened('form finalize')
    recorder.happened('form exit')
    this.keeper.changed()
    await this.keeper.settled()
    // What could not be kept must not be missing in the file that says what was done.
    if (this.state.problem !== null) throw new TabletError(this.state.problem)
    await drafts.putAttachment(draft, AUDIT_FILE, recorder.file(await drafts.journal(draft)))
    return AUDIT_FILE
  }
}
