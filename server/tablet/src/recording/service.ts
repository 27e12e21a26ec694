/** What the screens may ask of recordings: `Tablet.recordings`. */
import type { EntryKind, LogEntry } from './log'
import type { Quality } from './quality'

/** `lost`: the microphone was taken away and is asked for again by itself. */
export type RunState = 'running' | 'paused' | 'lost'

/** Why a part came to its end. `killed`: nobody ended it; it was found later. */
export type EndReason = 'stopped' | 'full' | 'lost' | 'killed'

export interface Phase {
  readonly name: string
  /** As the interviewer reads it. */
  readonly text: string
}

export interface Marked {
  readonly name?: string
  readonly text: string
  readonly seconds?: number
}

/** What is to be recorded, and for how long there must be room. */
export interface RecordingWish {
  readonly draft: string
  /** File name that the answer holds, or will hold. A recording that is there already is gone on with. */
  readonly answer: string
  readonly quality: Quality
  /** Seconds that have to fit, or nothing is begun. */
  readonly seconds: number
  readonly phases: readonly Phase[]
}

/** A recording that runs, as it is at one moment. */
export interface RunningRecording {
  readonly draft: string
  readonly answer: string
  readonly state: RunState
  /** Length of the earlier parts together. */
  readonly before: number
  /** Length of this part as it lies sealed on the disk. */
  readonly seconds: number
  /** False after some seconds without any sound. */
  readonly isHeard: boolean
  /** Another app or the system keeps the microphone to itself. */
  readonly isMuted: boolean
  /** Seconds that still fit, once it is less than is comfortable; else null. */
  readonly room: number | null
  readonly phases: readonly Phase[]
  /** What happened in this part. */
  readonly log: readonly LogEntry[]
}

/** A part that does not run. */
export interface FinishedPart {
  readonly id: string
  readonly name: string
  readonly contentType: string
  readonly seconds: number
  readonly size: number
  readonly log: readonly LogEntry[]
  /** Where its sound can be played from: byte and second. */
  readonly fragments: readonly { readonly at: number; readonly seconds: number }[]
}

/** A recording that a kill has ended. */
export interface InterruptedRecording {
  readonly draft: string
  readonly answer: string
  readonly seconds: number
}

export interface RecordingService {
  current(): RunningRecording | null
  /** Calls back after each change of `current`. Gives the function that ends that. */
  subscribe(listener: () => void): () => void
  /** How loud it is now, from 0 to 1. */
  level(): number
  /** Ending of the files that this browser records, such as `.webm`; null where it records none. */
  extension(): string | null
  /** Seconds of this quality that fit: Infinity for two hours or more, else as many as one may choose, or 0. */
  room(quality: Quality): Promise<number>
  /**
   * Raises `recording.running`, `recording.unsupported`, `recording.room` with `minutes` that would fit, `microphone.denied`,
   * `microphone.absent`, `microphone.busy`, `draft.unknown`, `storage.full`.
   */
  start(wish: RecordingWish): Promise<void>
  pause(): void
  resume(): void
  /** Marks where a phase begins, or writes a note: at this moment, or at `seconds` of this part. */
  note(kind: Extract<EntryKind, 'phase' | 'note'>, entry: Marked): void
  /** Takes an entry of the part that runs back. */
  takeBack(entry: LogEntry): void
  /** Ends it. Resolves when all of it is on the disk. */
  stop(): Promise<void>
  /** Why the last recording came to its end by itself, until somebody has read it. */
  ended(): EndReason | null
  endSeen(): void
  /** The parts of a recording that does not run. Raises `recording.elsewhere`, `storage.lost`. */
  parts(draft: string, answer: string): Promise<readonly FinishedPart[]>
  /** Writes anew what happened beside a part that does not run. */
  rewriteLog(draft: string, part: string, log: readonly LogEntry[]): Promise<void>
  /** The answers that recordings of a draft were made for, also those that were taken back. */
  answers(draft: string): Promise<readonly string[]>
  /** Bytes of a part's sound. */
  sound(draft: string, part: string, from: number, to: number): Promise<Uint8Array<ArrayBuffer>>
  /** Recordings of this interviewer that a kill has ended and nobody has looked at. */
  interrupted(): Promise<readonly InterruptedRecording[]>
}
