/** An envelope in one piece, for batches and files (FORMAT.md, Item). */
import { join, type Bytes } from '../store/bytes'
import { MAX_COVER_SIZE } from './cover'
import { fromU32, u32 } from './encoding'
import { EnvelopeError } from './errors'

/** A cover and its body, as bytes that nobody has looked into yet. */
export interface Item {
  readonly cover: Bytes
  readonly body: Bytes
}

/** An envelope in one piece. */
export function packItem(cover: Bytes, body: Bytes): Bytes {
  return join([u32(cover.length), cover, u32(body.length), body])
}

/**
 * The items that follow one another in `bytes`. Raises `envelope.item.malformed` (with `index`) when one is cut, its
 * cover is empty or too large, its body is larger than `maxBody`, or more than `maxItems` follow. Items before it were
 * already given.
 */
export function* readItems(
  bytes: Bytes,
  limits: { readonly maxItems: number; readonly maxBody: number },
): Generator<Item, void, undefined> {
  let at = 0
  for (let index = 0; at < bytes.length; index += 1) {
    const piece = (limit: number): Bytes => {
      const start = at + 4
      const size = start <= bytes.length ? fromU32(bytes, at) : Infinity
      if (size > limit || start + size > bytes.length) throw new EnvelopeError('envelope.item.malformed', { index })
      at = start + size
      return bytes.subarray(start, at)
    }
    if (index >= limits.maxItems) throw new EnvelopeError('envelope.item.malformed', { index })
    const cover = piece(MAX_COVER_SIZE)
    if (cover.length === 0) throw new EnvelopeError('envelope.item.malformed', { index })
    yield { cover, body: piece(limits.maxBody) }
  }
}
