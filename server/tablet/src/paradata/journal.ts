/**
 * What is noted while an interview is filled in: entries that are only ever added, each kept with the draft by the
 * write that keeps the answer. An interval that nothing has closed, since the app was killed, ends with its last entry.
 */
import type { Place } from './location'

/** What happens at one moment, by ODK's names. */
export type Happening =
  | 'form start'
  | 'form resume'
  | 'form exit'
  | 'form save'
  | 'form finalize'
  | 'jump'
  | 'add repeat'
  | 'delete repeat'
  | 'constraint error'
  | 'save error'
  | 'finalize error'
  | 'location tracking enabled'
  | 'location permissions not granted'

/** `at` is in milliseconds since 1970 and never goes back within an interview. */
export type Entry =
  | { readonly kind: 'event'; readonly at: number; readonly event: Happening; readonly node: string }
  | {
      readonly kind: 'page'
      readonly at: number
      /** Reference of the group, or null where questions stand by themselves. */
      readonly group: string | null
      /** References of the questions that are shown. */
      readonly questions: readonly string[]
    }
  | { readonly kind: 'end screen'; readonly at: number }
  | { readonly kind: 'left'; readonly at: number }
  /** An answer was given. The values only where the form asks for them. */
  | { readonly kind: 'answer'; readonly at: number; readonly node: string; readonly old?: string; readonly new?: string }
  | ({ readonly kind: 'place'; readonly at: number } & Place)
  | { readonly kind: 'reason'; readonly at: number; readonly text: string }
  /** The draft goes on under another version of its form; versions by their hashes. */
  | { readonly kind: 'moved'; readonly at: number; readonly from: string; readonly to: string }

/** Entries as they are kept: one text for each write. */
export function written(entries: readonly Entry[]): string {
  return JSON.stringify(entries)
}

/** The entries of all writes, in order. */
export function read(texts: readonly string[]): readonly Entry[] {
  return texts.flatMap((text) => JSON.parse(text) as readonly Entry[])
}
