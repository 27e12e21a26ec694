/** What a player and a recorder must know of the sound's container, read as its bytes pass by. */
import { Mp4Index } from './mp4'
import { WebmIndex } from './webm'

/** A piece that can be played from: byte offset in the file, and its time in seconds. */
export interface Fragment {
  readonly at: number
  readonly seconds: number
}

export interface ContainerIndex {
  /** Takes the next bytes of the file. Bytes that are no such container are passed over. */
  push(bytes: Uint8Array): void
  readonly fragments: readonly Fragment[]
  /** Length of the sound so far, in seconds. */
  readonly seconds: number
}

/** An empty index for files of this media type. */
export function containerIndex(contentType: string): ContainerIndex {
  return contentType.startsWith('audio/mp4') ? new Mp4Index() : new WebmIndex()
}
