/** What passes between a page and the worker that seals its recordings. */
import type { Bytes } from '../store/bytes'

/** Folder of the recordings in the origin's private file system. */
export const FOLDER = 'recordings'

/** A piece of work, before it has a number. */
export type Work =
  | { readonly work: 'begin' | 'close'; readonly id: string; readonly key: Bytes; readonly type: string }
  | { readonly work: 'append'; readonly id: string; readonly slice: Bytes }
  | { readonly work: 'release'; readonly id: string }
  | { readonly work: 'fits'; readonly bytes: number }
  | {
      readonly work: 'sound'
      readonly id: string
      readonly key: Bytes
      readonly type: string
      readonly from: number
      readonly to: number
    }

export type Request = Work & { readonly call: number }

export type Answer =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: { readonly name: string; readonly message: string } }
