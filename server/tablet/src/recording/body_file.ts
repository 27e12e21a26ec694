/** A recording's body in one file: sealed slice by slice while it runs, closed and read afterwards. */
import { sha256 } from '@hpke/common'

import { BodyWriter, openPiece, salvageBody, type Piece, type ReadAt, type SealedBody } from '../envelope'
import { hex, type Bytes } from '../store/bytes'
import { containerIndex, type ContainerIndex, type Fragment } from './container'

/** What is needed of a file; `FileSystemSyncAccessHandle` has it. */
export interface Handle {
  read(into: Uint8Array, options: { readonly at: number }): number
  write(bytes: Uint8Array, options: { readonly at: number }): number
  truncate(size: number): void
  getSize(): number
  flush(): void
  close(): void
}

/** What a closed body holds. `sha256` and `size` are those of the sound in clear. */
export interface ClosedBody {
  readonly sealed: SealedBody
  readonly sha256: string
  readonly size: number
  /** Length of the sound. */
  readonly seconds: number
  readonly fragments: readonly Fragment[]
}

/** A full disk writes what still fits, without an error of its own. */
export class DiskFull extends Error {
  override readonly name = 'QuotaExceededError'
}

/** Appends to a new body; each slice is on disk when `append` resolves. One call at a time. */
export class BodyFile {
  readonly #handle: Handle
  readonly #writer: BodyWriter
  readonly #index: ContainerIndex
  #size = 0
  #isBroken = false

  private constructor(handle: Handle, writer: BodyWriter, index: ContainerIndex) {
    this.#handle = handle
    this.#writer = writer
    this.#index = index
  }

  /** `handle` belongs to an empty file from now on. */
  static async create(handle: Handle, contentKey: Bytes, contentType: string): Promise<BodyFile> {
    return new BodyFile(handle, await BodyWriter.create(contentKey), containerIndex(contentType))
  }

  /**
   * Seals a slice as a chunk of its own and flushes it; gives the length of the sound so far in seconds. Raises
   * `QuotaExceededError` when the disk is full: nothing more can then be appended, and what was before is whole.
   */
  async append(slice: Uint8Array): Promise<number> {
    if (this.#isBroken) throw new DiskFull()
    const full = await this.#writer.write(slice)
    const rest = await this.#writer.flush()
    // A chunk that came to nothing has used its counter up: nothing may follow it.
    this.#isBroken = true
    this.#put(full)
    this.#put(rest)
    this.#handle.flush()
    this.#isBroken = false
    this.#index.push(slice)
    return this.#index.seconds
  }

  /** Lets go of the file. `closeBody` then writes its last chunk, as it does after a kill. */
  release(): void {
    this.#handle.close()
  }

  #put(bytes: Bytes): void {
    if (bytes.length === 0) return
    let written = 0
    try {
      written = this.#handle.write(bytes, { at: this.#size })
    } finally {
      if (written < bytes.length) this.#handle.truncate(this.#size)
    }
    if (written < bytes.length) throw new DiskFull()
    this.#size += bytes.length
  }
}

/** Where the chunks of a closed body stand. */
export type Pieces = readonly Omit<Piece, 'content'>[]

/**
 * Closes a body as it was left, by a stop or by a kill; one that is closed already stays as it is. Reads all of it, so
 * that what is promised to be there was seen. Raises `EnvelopeError` `envelope.body.malformed` for a file that holds
 * nothing.
 */
export async function closeBody(
  handle: Handle,
  contentKey: Bytes,
  contentType: string,
): Promise<{ readonly body: ClosedBody; readonly pieces: Pieces }> {
  const hash = sha256.create()
  const index = containerIndex(contentType)
  const pieces: Omit<Piece, 'content'>[] = []
  let size = 0
  const reading = salvageBody(readerOf(handle), contentKey)
  let step = await reading.next()
  for (; step.done !== true; step = await reading.next()) {
    const { content, ...piece } = step.value
    hash.update(content)
    index.push(content)
    size += content.length
    pieces.push(piece)
  }
  const { keep, tail, sealed } = step.value
  if (handle.getSize() !== sealed.size || !isThere(handle, keep, tail)) {
    handle.truncate(keep)
    if (handle.write(tail, { at: keep }) < tail.length) throw new DiskFull()
    handle.flush()
  }
  const { seconds, fragments } = index
  return { body: { sealed, sha256: hex(hash.digest()), size, seconds, fragments }, pieces }
}

/** The sound from `from` (inclusive) to `to` (exclusive, or the end); memory holds no more of it. */
export async function readSound(handle: Handle, contentKey: Bytes, pieces: Pieces, from: number, to: number): Promise<Bytes> {
  const read = readerOf(handle)
  const wanted = pieces.filter((piece) => piece.from < to && piece.from + piece.length > from)
  const end = Math.min(to, (pieces.at(-1)?.from ?? 0) + (pieces.at(-1)?.length ?? 0))
  const sound = new Uint8Array(Math.max(0, end - from))
  for (const piece of wanted) {
    const content = await openPiece(read, contentKey, piece)
    const part = content.subarray(Math.max(0, from - piece.from), Math.max(0, to - piece.from))
    sound.set(part, Math.max(0, piece.from - from))
  }
  return sound
}

function readerOf(handle: Handle): ReadAt {
  return (at, size) => {
    const bytes = new Uint8Array(size)
    const count = handle.read(bytes, { at })
    return Promise.resolve(count === size ? bytes : bytes.slice(0, count))
  }
}

function isThere(handle: Handle, at: number, expected: Bytes): boolean {
  const bytes = new Uint8Array(expected.length)
  return handle.read(bytes, { at }) === expected.length && expected.every((byte, index) => bytes[index] === byte)
}
