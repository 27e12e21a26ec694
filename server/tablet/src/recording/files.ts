/** The files of recordings, as the rooms around them use them. */
import type { Bytes } from '../store/bytes'
import type { ClosedBody } from './body_file'

/** Every id of a recorded body begins so: the bodies of other parts lie in the database. */
const PREFIX = 'rec-'

export function recordedId(random: string): string {
  return PREFIX + random
}

/** Whether a body is a recording's file. */
export function isRecorded(body: string): boolean {
  return body.startsWith(PREFIX)
}

/** Sealed files. Whatever fails for want of room raises `QuotaExceededError`. */
export interface RecordingFiles {
  /** Begins a file that is not there yet. */
  begin(id: string, contentKey: Bytes, contentType: string): Promise<void>
  /** Seals and flushes a slice; gives the length of the sound so far in seconds. */
  append(id: string, slice: Bytes): Promise<number>
  /** Lets go of a file that was begun; nothing can be appended any more. */
  release(id: string): Promise<void>
  /** Closes a file as a stop or a kill left it and says what it holds; null where it holds nothing. */
  close(id: string, contentKey: Bytes, contentType: string): Promise<ClosedBody | null>
  /** The sound of a file that was closed here, from `from` to `to`. */
  sound(id: string, contentKey: Bytes, contentType: string, from: number, to: number): Promise<Bytes>
  /** Sealed bytes from `from` to `to`. Raises `RangeError` beyond the end. */
  read(id: string, from: number, to: number): Promise<Bytes>
  /** Sealed size in bytes, or null where there is no such file. */
  size(id: string): Promise<number | null>
  /** Whether so many bytes more would fit. What the browser estimates is no answer: Chromium gives every page the same. */
  fits(bytes: number): Promise<boolean>
  list(): Promise<readonly string[]>
  remove(ids: readonly string[]): Promise<void>
}
