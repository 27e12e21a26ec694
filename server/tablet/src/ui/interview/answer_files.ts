/** Answers that are files: a photo or a recording is kept before an answer names it, and goes after none does. */
import { TabletError, type Tablet } from '../../services'
import type { OpenForm } from '../../form/open_form'
import type { Question } from '../../form/model'
import type { RecordingWish } from '../../recording/service'
import { fileNameFor } from './file_names'
import type { Keeper } from './keeping'

export type WishToRecord = Pick<RecordingWish, 'quality' | 'seconds' | 'phases'>

export class AnswerFiles {
  readonly #tablet: Tablet
  readonly #form: OpenForm
  readonly #keeper: Keeper
  readonly #isKept: () => boolean
  readonly #answer: (question: Question, give: () => void) => void

  /** `isKept` tells whether the last answer is on disk; `answer` gives one, notes it and has it kept. */
  constructor(
    tablet: Tablet,
    form: OpenForm,
    keeper: Keeper,
    isKept: () => boolean,
    answer: (question: Question, give: () => void) => void,
  ) {
    this.#tablet = tablet
    this.#form = form
    this.#keeper = keeper
    this.#isKept = isKept
    this.#answer = answer
  }

  async attach(question: Question, file: Blob, extension: string): Promise<void> {
    const draft = await this.#keeper.ensured()
    const before = question.text
    const name = fileNameFor(question.name, extension)
    await this.#tablet.drafts.putAttachment(draft, name, file)
    this.name(question, name)
    await this.dropped(draft, before)
  }

  async detach(question: Question): Promise<void> {
    const draft = await this.#keeper.ensured()
    const before = question.text
    this.#answer(question, () => this.#form.detach(question))
    await this.dropped(draft, before)
  }

  /** Names a file of this draft in the answer. */
  name(question: Question, name: string): void {
    this.#answer(question, () => this.#form.attach(question, name))
  }

  /** The file of an answer. Raises `attachment.unknown`. */
  async file(question: Question): Promise<File> {
    return this.#tablet.drafts.attachment(await this.#keeper.ensured(), question.text)
  }

  async record(question: Question, wish: WishToRecord): Promise<void> {
    const { recorder } = this.#tablet
    const extension = recorder?.extension() ?? null
    if (recorder === null || extension === null) throw new TabletError('recording.unsupported')
    const answer = question.text === '' ? fileNameFor(question.name, extension) : question.text
    await recorder.start({ ...wish, draft: await this.#keeper.ensured(), answer })
    if (question.text === '') this.name(question, answer)
  }

  /** Ends a recording of this interview that still runs. */
  async hush(): Promise<void> {
    const { recorder } = this.#tablet
    const { draft } = this.#keeper
    if (recorder !== null && draft !== null && recorder.current()?.draft === draft) await recorder.stop()
  }

  /** A file that was an answer goes, once a draft is kept that does not name it. */
  async dropped(draft: string, name: string): Promise<void> {
    await this.#keeper.settled()
    if (name !== '' && this.#isKept()) await this.#tablet.drafts.removeAttachment(draft, name)
  }
}
