/** Notes what happens in one interview, for as long as it is open. */
import type { Question } from '../form/model'
import { auditCsv } from './audit'
import { read, written, type Entry, type Happening } from './journal'
import type { Place } from './location'
import type { AuditSettings } from './settings'

/** What is on the screen: the group, if it is one, and its questions. */
export interface Shown {
  readonly group: string | null
  readonly questions: readonly Question[]
}

type Untimed = Entry extends infer Each ? (Each extends Entry ? Omit<Each, 'at'> : never) : never

export class Recorder {
  #waiting: Entry[] = []
  #last = 0
  readonly #clock: () => number

  /** `clock` gives milliseconds since 1970; where it goes back, as a clock that is set does, time stands still here. */
  constructor(
    readonly settings: AuditSettings,
    readonly user: string,
    clock: () => number = () => Date.now(),
  ) {
    this.#clock = clock
  }

  /** Begins, or goes on after what was noted before; a record that was finished once is gone on with too. */
  begin(before: readonly string[], wasFinished = false): void {
    this.#last = read(before).at(-1)?.at ?? 0
    this.happened(before.length === 0 && !wasFinished ? 'form start' : 'form resume')
  }

  happened(event: Happening, node = ''): void {
    this.#add({ kind: 'event', event, node })
  }

  shown({ group, questions }: Shown): void {
    this.#add({ kind: 'page', group, questions: questions.map(({ reference }) => reference) })
  }

  endScreen(): void {
    this.#add({ kind: 'end screen' })
  }

  left(): void {
    this.#add({ kind: 'left' })
  }

  answered(node: string, old: string, now: string): void {
    if (old === now) return
    this.#add({ kind: 'answer', node, ...(this.settings.trackChanges ? { old, new: now } : {}) })
  }

  place(place: Place): void {
    this.#add({ kind: 'place', ...place })
  }

  reason(text: string): void {
    this.#add({ kind: 'reason', text })
  }

  /** What has not been kept yet, as one text, or null; it counts as kept until `failed` is called with it. */
  take(): string | null {
    if (this.#waiting.length === 0) return null
    const text = written(this.#waiting)
    this.#waiting = []
    return text
  }

  /** What was taken could not be kept: it goes with the next write. */
  failed(text: string): void {
    this.#waiting = [...read([text]), ...this.#waiting]
  }

  /** The audit file of everything that was kept. */
  file(kept: readonly string[]): Blob {
    return new Blob([auditCsv(read(kept), this.settings, this.user)], { type: 'text/csv' })
  }

  #add(entry: Untimed): void {
    this.#last = Math.max(this.#last, Math.round(this.#clock()))
    this.#waiting.push({ ...entry, at: this.#last })
  }
}
