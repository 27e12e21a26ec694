/** How an interview is kept: a draft from the first answer on, one write at a time, the newest state last. */
import { afterPaint } from '../after_paint'
import { codeOf } from '../errors'
import type { DraftContent, DraftStore, FormVersion } from '../../services'
import type { Recorder } from '../../paradata/recorder'

export type Keeping = 'kept' | 'keeping' | 'failed'

/** Followed by Vue: whether the last answer is on disk, and the code of what stood in the way. */
export interface KeepingState {
  keeping: Keeping
  problem: string | null
}

export class Keeper {
  readonly #drafts: DraftStore
  readonly #form: FormVersion
  readonly #content: () => DraftContent
  readonly #recorder: Recorder | null
  readonly #state: KeepingState
  #draft: string | null
  #creating: Promise<string> | null = null
  #running: Promise<void> | null = null
  #isDue = false
  readonly #works = new Set<Promise<void>>()

  /** `draft` is null as long as nothing was kept; `content` says what stands in the form at the moment. */
  constructor(
    drafts: DraftStore,
    form: FormVersion,
    draft: string | null,
    content: () => DraftContent,
    recorder: Recorder | null,
    state: KeepingState,
  ) {
    this.#drafts = drafts
    this.#form = form
    this.#draft = draft
    this.#content = content
    this.#recorder = recorder
    this.#state = state
  }

  /** Id of the draft, or null as long as nothing was kept. */
  get draft(): string | null {
    return this.#draft
  }

  /** Something has changed: keeps the draft. */
  changed(): void {
    this.#state.keeping = 'keeping'
    this.#isDue = true
    this.#running ??= this.#keep()
  }

  /** Resolves when nothing waits to be written, or the writing has failed. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running
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

  /** The draft, made now where there is none yet. Raises what the draft store raises. */
  ensured(): Promise<string> {
    if (this.#draft !== null) return Promise.resolve(this.#draft)
    this.#creating ??= this.#noting((noted) => this.#drafts.create(this.#form, this.#content(), noted)).then(
      (draft) => (this.#draft = draft),
      (error: unknown) => {
        this.#creating = null
        throw error
      },
    )
    return this.#creating
  }

  /** A write that takes what was noted with it, or gives it back where it fails. */
  async #noting<T>(write: (noted: string | null) => Promise<T>): Promise<T> {
    const noted = this.#recorder?.take() ?? null
    try {
      return await write(noted)
    } catch (error) {
      if (noted !== null) this.#recorder?.failed(noted)
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
        if (!isFirst) await this.#noting((noted) => this.#drafts.save(draft, this.#content(), noted, this.#form.version))
      }
      this.#state.keeping = 'kept'
      this.#state.problem = null
    } catch (error) {
      this.#state.keeping = 'failed'
      this.#state.problem = codeOf(error)
    } finally {
      this.#running = null
    }
  }
}
