/** The body: content in sealed chunks, by the STREAM construction (FORMAT.md, The body). */
import { sha256 } from '@hpke/common'

import { hex, join, randomBytes, utf8, type Bytes } from '../store/bytes'
import type { BodyReference } from './cover'
import { fromU32, u32 } from './encoding'
import { EnvelopeError } from './errors'

export const FILE_ID_SIZE = 16
export const HEADER_SIZE = 20
export const CONTENT_KEY_SIZE = 32
export const CHUNK_SIZE = 65536
export const TAG_SIZE = 16

export const MAGIC = utf8('FBB\x01')
const READ_SIZE = 262144
const MALFORMED = 'envelope.body.malformed'

/** Where a body is read from: in memory, or a file of which only pieces are loaded. */
export type BodySource = Bytes | Blob

/** What a cover needs to know of a finished body. `contentKey` is secret until it stands in stanzas. */
export interface SealedBody {
  readonly contentKey: Bytes
  readonly keyCommitment: string
  readonly hash: string
  readonly size: number
}

/** What a content key gives for one body. */
export interface DerivedKeys {
  readonly chunkKey: CryptoKey
  readonly commitment: string
}

/** The chunk key and the commitment of a body (FORMAT.md, The body). */
export async function derive(contentKey: Bytes, fileId: Bytes): Promise<DerivedKeys> {
  const base = await crypto.subtle.importKey('raw', contentKey, 'HKDF', false, ['deriveBits', 'deriveKey'])
  const hkdf = (info: string): HkdfParams => ({ name: 'HKDF', hash: 'SHA-256', salt: fileId, info: utf8(info) })
  const aes = { name: 'AES-GCM', length: 256 }
  const chunkKey = await crypto.subtle.deriveKey(hkdf('feldbuch/1/body'), base, aes, false, ['encrypt', 'decrypt'])
  const commitment = await crypto.subtle.deriveBits(hkdf('feldbuch/1/commitment'), base, 256)
  return { chunkKey, commitment: hex(new Uint8Array(commitment)) }
}

/** The nonce of a chunk. Whoever seals with it must never have used `counter` with other content before. */
export function cipher(counter: number, last: boolean): AesGcmParams {
  return { name: 'AES-GCM', iv: join([new Uint8Array(7), u32(counter), Uint8Array.of(last ? 1 : 0)]) }
}

/**
 * Writes a body piece by piece; memory holds at most one chunk.
 *
 * `write`, `flush` and `finish` give bytes to append to the file; header first. Bytes once given are final.
 * One call at a time: each is awaited before the next.
 */
export class BodyWriter {
  readonly #contentKey: Bytes
  readonly #keys: DerivedKeys
  readonly #hash = sha256.create()
  #header: Bytes
  #pending: Bytes = new Uint8Array(0)
  #counter = 0
  #size = 0
  #finished = false

  private constructor(contentKey: Bytes, keys: DerivedKeys, header: Bytes) {
    this.#contentKey = contentKey
    this.#keys = keys
    this.#header = header
  }

  /** Both are made at random unless given; whoever gives them must never have used them before. */
  static async create(
    contentKey: Bytes = randomBytes(CONTENT_KEY_SIZE),
    fileId: Bytes = randomBytes(FILE_ID_SIZE),
  ): Promise<BodyWriter> {
    if (contentKey.length !== CONTENT_KEY_SIZE || fileId.length !== FILE_ID_SIZE) {
      throw new RangeError('a content key has 32 bytes, a file id 16')
    }
    return new BodyWriter(contentKey, await derive(contentKey, fileId), join([MAGIC, fileId]))
  }

  /** Adds content. Full chunks are sealed; up to 65536 bytes wait, as they may be the last. */
  async write(data: Uint8Array): Promise<Bytes> {
    const waiting = join([this.#pending, data])
    const sealed: Bytes[] = []
    let at = 0
    for (; waiting.length - at > CHUNK_SIZE; at += CHUNK_SIZE) {
      sealed.push(await this.#seal(waiting.subarray(at, at + CHUNK_SIZE), false))
    }
    this.#pending = waiting.slice(at)
    return this.#emit(sealed)
  }

  /** Seals what waits as a chunk of its own, so that a crash cannot take it. */
  async flush(): Promise<Bytes> {
    return this.#emit(this.#pending.length > 0 ? [await this.#take(false)] : [])
  }

  /** Seals the final chunk; the writer is then used up. */
  async finish(): Promise<{ bytes: Bytes; sealed: SealedBody }> {
    const bytes = this.#emit([await this.#take(true)])
    this.#finished = true
    const sealed = {
      contentKey: this.#contentKey,
      keyCommitment: this.#keys.commitment,
      hash: hex(this.#hash.digest()),
      size: this.#size,
    }
    return { bytes, sealed }
  }

  async #take(last: boolean): Promise<Bytes> {
    const plaintext = this.#pending
    this.#pending = new Uint8Array(0)
    return this.#seal(plaintext, last)
  }

  async #seal(plaintext: Bytes, last: boolean): Promise<Bytes> {
    if (this.#finished) throw new Error('the body is finished')
    // Counted before waiting, so that no other call can use the same number.
    const nonce = cipher(this.#counter, last)
    this.#counter += 1
    const sealed = await crypto.subtle.encrypt(nonce, this.#keys.chunkKey, plaintext)
    return join([u32(plaintext.length), new Uint8Array(sealed)])
  }

  #emit(pieces: readonly Bytes[]): Bytes {
    const bytes = join([this.#header, ...pieces])
    this.#header = new Uint8Array(0)
    this.#hash.update(bytes)
    this.#size += bytes.length
    return bytes
  }
}

/** Up to `size` bytes from `at`; fewer only at the end. */
async function read(source: BodySource, at: number, size: number): Promise<Bytes> {
  if (source instanceof Uint8Array) return source.subarray(at, at + size)
  return new Uint8Array(await source.slice(at, at + size).arrayBuffer())
}

function readLength(prefix: Bytes): number | null {
  if (prefix.length === 0) return null
  const length = prefix.length === 4 ? fromU32(prefix) : CHUNK_SIZE + 1
  if (length > CHUNK_SIZE) throw new EnvelopeError(MALFORMED)
  return length
}

/**
 * The content of a body, chunk by chunk; memory holds one chunk. Nothing of it may be used before the iteration ended
 * without an error. Raises `EnvelopeError` `envelope.body.malformed`, `envelope.recipient.sealed` (another commitment)
 * or `envelope.body.sealed`.
 */
export async function* openBody(
  source: BodySource,
  contentKey: Bytes,
  commitment: string,
): AsyncGenerator<Bytes, void, undefined> {
  const header = await read(source, 0, HEADER_SIZE)
  if (header.length !== HEADER_SIZE || MAGIC.some((value, at) => header[at] !== value)) {
    throw new EnvelopeError(MALFORMED)
  }
  const keys = await derive(contentKey, header.slice(MAGIC.length))
  if (keys.commitment !== commitment) throw new EnvelopeError('envelope.recipient.sealed')
  let at = HEADER_SIZE + 4
  let length = readLength(await read(source, HEADER_SIZE, 4))
  if (length === null) throw new EnvelopeError(MALFORMED)
  for (let counter = 0; length !== null; counter += 1) {
    const end: number = length + TAG_SIZE
    // The next length comes along: only with it is it known whether this chunk is the last.
    const piece = await read(source, at, end + 4)
    if (piece.length < end) throw new EnvelopeError(MALFORMED)
    const following: number | null = readLength(piece.subarray(end))
    if (following !== null && length === 0) throw new EnvelopeError(MALFORMED)
    yield await openChunk(keys.chunkKey, cipher(counter, following === null), piece.subarray(0, end))
    at += end + 4
    length = following
  }
}

/** Opens one chunk. Raises `EnvelopeError` `envelope.body.sealed`. */
export async function openChunk(key: CryptoKey, nonce: AesGcmParams, sealed: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(nonce, key, sealed))
  } catch (error) {
    throw new EnvelopeError('envelope.body.sealed', {}, { cause: error })
  }
}

/**
 * Compares a body's size and hash with its cover's (step 4 of the order of reading).
 * Raises `EnvelopeError` `envelope.body.size` or `envelope.body.hash`.
 */
export async function verifyBody(source: BodySource, reference: BodyReference): Promise<void> {
  const size = source instanceof Uint8Array ? source.length : source.size
  if (size !== reference.size) throw new EnvelopeError('envelope.body.size', { expected: reference.size })
  const hash = sha256.create()
  for (let at = 0; at < size; at += READ_SIZE) hash.update(await read(source, at, READ_SIZE))
  if (hex(hash.digest()) !== reference.hash) throw new EnvelopeError('envelope.body.hash')
}
