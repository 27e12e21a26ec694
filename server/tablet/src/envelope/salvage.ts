/** A body whose writer was killed: what of it holds, and how it is closed so that every reader takes it for whole. */
import { sha256 } from '@hpke/common'

import { hex, join, type Bytes } from '../store/bytes'
import { CHUNK_SIZE, cipher, derive, HEADER_SIZE, MAGIC, openChunk, TAG_SIZE, type DerivedKeys, type SealedBody } from './body'
import { fromU32, u32 } from './encoding'
import { EnvelopeError } from './errors'

/** Up to `size` bytes of the body from `at`; fewer only at its end. */
export type ReadAt = (at: number, size: number) => Promise<Bytes>

/** A chunk and where it stands: `at` of its sealed bytes in the body, `from` of its content. */
export interface Piece {
  readonly counter: number
  readonly at: number
  readonly from: number
  readonly length: number
  readonly content: Bytes
}

/** `keep` bytes of the body hold; `tail` is to follow them, and may stand there already. */
export interface Salvaged {
  readonly keep: number
  readonly tail: Bytes
  readonly sealed: SealedBody
  readonly pieces: number
}

const EMPTY = new Uint8Array(0)

/**
 * Gives the chunks of a body that was flushed after each write and perhaps never finished, as far as they open; the
 * result says how to close it. What is torn at the end falls away: its counter is used again only for the empty final
 * chunk, whose nonce no other chunk has.
 *
 * Raises `EnvelopeError` `envelope.body.malformed` when not even the header is there.
 */
export async function* salvageBody(read: ReadAt, contentKey: Bytes): AsyncGenerator<Piece, Salvaged, undefined> {
  const header = await read(0, HEADER_SIZE)
  if (header.length !== HEADER_SIZE || MAGIC.some((value, at) => header[at] !== value)) {
    throw new EnvelopeError('envelope.body.malformed')
  }
  const keys = await derive(contentKey, header.slice(MAGIC.length))
  const hash = sha256.create().update(header)
  let at = HEADER_SIZE
  let from = 0
  let counter = 0
  for (; ; counter += 1) {
    const opened = await next(read, keys, at, counter)
    if (opened === null) break
    hash.update(opened.bytes)
    yield { counter, at: at + 4, from, length: opened.content.length, content: opened.content }
    at += opened.bytes.length
    from += opened.content.length
  }
  // The same bytes whenever it is made: to write them a second time gives nothing away.
  const last = new Uint8Array(await crypto.subtle.encrypt(cipher(counter, true), keys.chunkKey, EMPTY))
  const tail = join([u32(0), last])
  hash.update(tail)
  const sealed = { contentKey, keyCommitment: keys.commitment, hash: hex(hash.digest()), size: at + tail.length }
  return { keep: at, tail, sealed, pieces: counter }
}

async function next(
  read: ReadAt,
  keys: DerivedKeys,
  at: number,
  counter: number,
): Promise<{ readonly bytes: Bytes; readonly content: Bytes } | null> {
  const prefix = await read(at, 4)
  const length = prefix.length === 4 ? fromU32(prefix) : 0
  if (length === 0 || length > CHUNK_SIZE) return null
  const sealed = await read(at + 4, length + TAG_SIZE)
  if (sealed.length !== length + TAG_SIZE) return null
  try {
    return { bytes: join([prefix, sealed]), content: await openChunk(keys.chunkKey, cipher(counter, false), sealed) }
  } catch {
    return null
  }
}

/** Opens one chunk that `salvageBody` gave before. Raises `EnvelopeError` `envelope.body.sealed`. */
export async function openPiece(read: ReadAt, contentKey: Bytes, piece: Omit<Piece, 'content'>): Promise<Bytes> {
  const header = await read(0, HEADER_SIZE)
  const keys = await derive(contentKey, header.slice(MAGIC.length))
  return openChunk(keys.chunkKey, cipher(piece.counter, false), await read(piece.at, piece.length + TAG_SIZE))
}
