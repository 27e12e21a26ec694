/** The question of consent of an open form, and what its answer allows. All of it is followed by Vue. */
import { consentOf, YES, type Consent } from '../../form/consent'
import type { Question } from '../../form/model'
import type { OpenForm } from '../../form/open_form'

export class AskedConsent {
  /** What the form's definition marks, or null where nobody has to be asked. */
  readonly marked: Consent | null
  readonly #form: OpenForm
  #found: Question | null = null

  constructor(form: OpenForm) {
    this.#form = form
    this.marked = consentOf(form.form.definition)
  }

  /** The question while it is asked. */
  get question(): Question | null {
    if (this.marked === null) return null
    // It stands in no repeat, so that it is the same as long as the form is open; every save asks for it.
    this.#found ??= this.#form.questionAt(this.marked.reference)
    return this.#found?.relevant === true ? this.#found : null
  }

  get isRefused(): boolean {
    const { question } = this
    return question !== null && question.answered && !question.selected.includes(YES)
  }

  /** Whether anything but a refusal may be recorded: nobody has to be asked, or the respondent has said yes. */
  get isAllowed(): boolean {
    return this.question?.selected.includes(YES) ?? true
  }

  /** Whether a copy may leave the tablet: not before a yes, also while the question is not asked yet. */
  get mayLeave(): boolean {
    return this.marked === null || this.question?.selected.includes(YES) === true
  }
}
