/** Signed documents: receipts, marks and feed entries of central, and what this device or a node signs. */
import { join, utf8, type Bytes } from '../store/bytes'
import { b64u, canonical, fromB64u, parseCanonical, without, type Json, type JsonObject } from './encoding'
import { EnvelopeError } from './errors'
import { EPOCH, Fields, HASH, ID, KIND, PART } from './fields'
import { hashOf, SIGNATURE_SIZE, SIGNER_PUBLIC_SIZE, signP256, verifyEd25519, verifySigner } from './keys'

const NOT_CANONICAL = 'envelope.document.not_canonical'
const FIELD = 'envelope.document.field'
const STATES = ['held', 'quarantined', 'conflict'] as const
const SMALL = 4096
const FEED_ENTRY_SIZE = 16 * 1024 * 1024

/** Central's word on one item. Only `held`, with a mark of the same epoch, permits deleting a copy. */
export interface Receipt {
  readonly study: string
  readonly instance: string
  readonly part: string
  readonly coverHash: string
  readonly bodyHash: string
  readonly state: (typeof STATES)[number]
  readonly epoch: string
  readonly seq: number
}

/** Central's durable mark: what has a number up to `durableSeq` in `epoch` is in a verified backup. */
export interface Mark {
  readonly study: string
  readonly epoch: string
  readonly durableSeq: number
  readonly at: string
}

/** One entry of a chain of what flows down. `body` is for whoever knows the `kind`. */
export interface FeedEntry {
  readonly study: string
  readonly chain: string
  readonly number: number
  readonly previous: string | null
  readonly at: string
  readonly kind: string
  readonly body: JsonObject
}

function message(label: string, document: JsonObject): Bytes {
  return join([utf8(`${label}\0`), canonical(without(document, ['signature']))])
}

function bytesOf(document: JsonObject, key: string, size: number): Bytes {
  const value: Json | undefined = document[key]
  const bytes = typeof value === 'string' ? fromB64u(value) : null
  if (bytes?.length !== size) throw new EnvelopeError(FIELD, { field: key })
  return bytes
}

/**
 * A signed document as an object; its signature and fields are not looked at yet.
 * Raises `envelope.document.not_canonical`, also when longer than `maxSize` bytes.
 */
export function parseDocument(encoded: Bytes, maxSize: number): JsonObject {
  if (encoded.length > maxSize) throw new EnvelopeError(NOT_CANONICAL)
  return parseCanonical(encoded, NOT_CANONICAL)
}

/** SHA-256 of a signed document's bytes, in hex: the `previous` of the next feed entry. */
export function documentHash(encoded: Bytes): string {
  return hashOf(encoded)
}

/**
 * The document with this device's signature (ECDSA P-256).
 * Raises `envelope.document.not_canonical`, if a reader would refuse the document's values.
 */
export async function signDocument(label: string, document: JsonObject, key: CryptoKey): Promise<JsonObject> {
  const unsigned = without(document, ['signature'])
  let signedBytes: Bytes
  try {
    signedBytes = message(label, unsigned)
    parseCanonical(canonical(unsigned), NOT_CANONICAL)
  } catch (error) {
    throw new EnvelopeError(NOT_CANONICAL, {}, { cause: error })
  }
  return { ...unsigned, signature: b64u(await signP256(key, signedBytes)) }
}

/**
 * Checks central's signature on a parsed document, by its public key (32 bytes).
 * Raises `envelope.document.field` (no signature) or `envelope.signature.wrong`.
 */
export async function verifyDocument(label: string, document: JsonObject, publicKey: Bytes): Promise<void> {
  await verifyEd25519(publicKey, message(label, document), bytesOf(document, 'signature', SIGNATURE_SIZE))
}

/**
 * Checks a document that a device or node signed, by the key it names; its id is that key's. That the id belongs to the
 * study is not said by this. Gives the id. Raises `envelope.document.field` or `envelope.signature.wrong`.
 */
export async function verifyOwnDocument(label: string, document: JsonObject): Promise<string> {
  const signature = bytesOf(document, 'signature', SIGNATURE_SIZE)
  const id = document['id']
  if (typeof id !== 'string') throw new EnvelopeError(FIELD, { field: 'id' })
  const key = bytesOf(document, 'key', SIGNER_PUBLIC_SIZE)
  await verifySigner(key, id, message(label, document), signature)
  return id
}

/** Reads and verifies a receipt. Raises `envelope.document.*` or `envelope.signature.wrong`. */
export async function readReceipt(encoded: Bytes, publicKey: Bytes): Promise<Receipt> {
  const keys = ['study', 'instance', 'part', 'cover_hash', 'body_hash', 'state', 'epoch', 'seq']
  const { document, fields } = open(encoded, SMALL, keys)
  const receipt: Receipt = {
    study: fields.text('study', ID),
    instance: fields.text('instance', ID),
    part: fields.text('part', PART),
    coverHash: fields.text('cover_hash', HASH),
    bodyHash: fields.text('body_hash', HASH),
    state: fields.choice('state', STATES),
    epoch: fields.text('epoch', EPOCH),
    seq: fields.integer('seq'),
  }
  await verifyDocument('feldbuch/1/receipt', document, publicKey)
  return receipt
}

/** Reads and verifies a mark. Raises `envelope.document.*` or `envelope.signature.wrong`. */
export async function readMark(encoded: Bytes, publicKey: Bytes): Promise<Mark> {
  const { document, fields } = open(encoded, SMALL, ['study', 'epoch', 'durable_seq', 'at'])
  const mark: Mark = {
    study: fields.text('study', ID),
    epoch: fields.text('epoch', EPOCH),
    durableSeq: fields.integer('durable_seq'),
    at: fields.time('at'),
  }
  await verifyDocument('feldbuch/1/mark', document, publicKey)
  return mark
}

/** Reads and verifies a feed entry. Raises `envelope.document.*` or `envelope.signature.wrong`. */
export async function readFeedEntry(encoded: Bytes, publicKey: Bytes): Promise<FeedEntry> {
  const keys = ['study', 'chain', 'number', 'previous', 'at', 'kind', 'body']
  const { document, fields } = open(encoded, FEED_ENTRY_SIZE, keys)
  const entry: FeedEntry = {
    study: fields.text('study', ID),
    chain: fields.text('chain', ID),
    number: fields.integer('number', 1),
    previous: fields.textOrNull('previous', HASH),
    at: fields.time('at'),
    kind: fields.text('kind', KIND),
    body: fields.mapping('body'),
  }
  if ((entry.number === 1) !== (entry.previous === null)) throw fields.wrong('previous')
  await verifyDocument('feldbuch/1/feed', document, publicKey)
  return entry
}

/** The pruning rule, for a receipt and a mark that were both verified. */
export function permitsDeleting(receipt: Receipt, mark: Mark, coverHash: string, bodyHash: string): boolean {
  return (
    receipt.state === 'held' &&
    receipt.coverHash === coverHash &&
    receipt.bodyHash === bodyHash &&
    receipt.study === mark.study &&
    receipt.epoch === mark.epoch &&
    receipt.seq <= mark.durableSeq
  )
}

function open(encoded: Bytes, maxSize: number, keys: readonly string[]): { document: JsonObject; fields: Fields } {
  const document = parseDocument(encoded, maxSize)
  const fields = new Fields(document, ['v', 'signature', ...keys], FIELD)
  fields.version()
  return { document, fields }
}
