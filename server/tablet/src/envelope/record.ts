/** What a record's body holds: the record document, compressed and padded (FORMAT.md). */
import { join, type Bytes } from '../store/bytes'
import { isCardCode } from './card'
import { canonical, fromU32, parseCanonical, u32, type Json, type JsonObject } from './encoding'
import { EnvelopeError } from './errors'
import { ATTACHMENT_PART, CASE, CONTENT_TYPE, Fields, HASH, ID, LANGUAGE } from './fields'

export const MIN_PLAINTEXT_SIZE = 8192
export const MAX_DOCUMENT_SIZE = 16 * 1024 * 1024
export const MAX_PLAINTEXT_SIZE = 17 * 1024 * 1024
export const MAX_ATTACHMENTS = 9999

const MALFORMED = 'envelope.record.malformed'
const FEED_SIZE = 65536
const ENTRY_KEYS = ['content_type', 'name', 'part', 'sha256', 'size']
// No separators, no control characters, and not a folder: a name never leads out of the folder it is put in.
// eslint-disable-next-line no-control-regex
const NAME = /^(?!\.{1,2}$)[^/\\\x00-\x1f\x7f]{1,255}$/u

/** An attachment in the manifest: `name` as in the instance, `sha256` (hex) and `size` of it in clear. */
export interface Attachment {
  readonly contentType: string
  readonly name: string
  readonly part: string
  readonly sha256: string
  readonly size: number
}

/** A file that stands in the instance and lies with an earlier version of it: `part` of `instance`. */
export interface Kept extends Attachment {
  readonly instance: string
}

/** Why an interview was broken off. */
export const REASONS = ['no_time', 'tired', 'disturbed', 'refused_further', 'other'] as const
export type Reason = (typeof REASONS)[number]

/** How an interview ended that is not complete: broken off for a reason, or refused. */
export type Outcome =
  | { readonly kind: 'partial'; readonly reason: Reason }
  | { readonly kind: 'refused'; readonly reason: null }

/** The record in clear: the instance's XML, the form's language at finishing, the attachments. */
export interface RecordDocument {
  readonly instanceXml: string
  readonly language: string | null
  readonly attachments: readonly Attachment[]
  /** Left out where the interview is complete. */
  readonly outcome?: Outcome
  /** The code of the card that the respondent was given, if there is one. */
  readonly card?: string
  /** The id of the case that it was begun for, if there is one. */
  readonly case?: string
  /** Files of earlier versions, if there are any. */
  readonly kept?: readonly Kept[]
}

/** The padded length of `length` (at least 2) bytes (Padmé, PURBs 2019). */
export function padme(length: number): number {
  const exponent = 31 - Math.clz32(length)
  const mask = 2 ** (exponent - (32 - Math.clz32(exponent))) - 1
  return (length + mask) & ~mask
}

/** The size of a record's plaintext. */
export function paddedSize(compressedSize: number): number {
  return Math.max(MIN_PLAINTEXT_SIZE, padme(4 + compressedSize))
}

/** The plaintext of a record's body. Raises `envelope.record.malformed`, if a reader would refuse it. */
export async function packRecord(record: RecordDocument): Promise<Bytes> {
  const document = encode(record)
  parse(document)
  const compressed = await deflate(document)
  const plaintext = new Uint8Array(paddedSize(compressed.length))
  plaintext.set(u32(compressed.length))
  plaintext.set(compressed, 4)
  return plaintext
}

/** The record of a body's plaintext. Raises `envelope.record.malformed`. */
export async function unpackRecord(plaintext: Bytes): Promise<RecordDocument> {
  if (plaintext.length < MIN_PLAINTEXT_SIZE || plaintext.length > MAX_PLAINTEXT_SIZE) {
    throw new EnvelopeError(MALFORMED)
  }
  const size = fromU32(plaintext)
  if (4 + size > plaintext.length || paddedSize(size) !== plaintext.length) throw new EnvelopeError(MALFORMED)
  if (plaintext.subarray(4 + size).some((value) => value !== 0)) throw new EnvelopeError(MALFORMED)
  return parse(await inflate(plaintext.subarray(4, 4 + size), MALFORMED))
}

/**
 * Compares an opened attachment with the manifest (step 6 of the order of reading).
 * Raises `envelope.attachment.differs`, with `part`.
 */
export function checkAttachment(expected: Attachment, size: number, sha256: string): void {
  if (size !== expected.size || sha256 !== expected.sha256) {
    throw new EnvelopeError('envelope.attachment.differs', { part: expected.part })
  }
}

/** The record document as a JSON object. */
export function recordDocument(record: RecordDocument): JsonObject {
  return {
    v: 1,
    instance_xml: record.instanceXml,
    language: record.language,
    attachments: record.attachments.map(entryOf),
    ...(record.outcome === undefined ? {} : { outcome: { ...record.outcome } }),
    ...(record.card === undefined ? {} : { card: record.card }),
    ...(record.case === undefined ? {} : { case: record.case }),
    ...(record.kept === undefined ? {} : { kept: record.kept.map((each) => ({ ...entryOf(each), instance: each.instance })) }),
  }
}

function entryOf({ contentType, name, part, sha256, size }: Attachment): JsonObject {
  return { content_type: contentType, name, part, sha256, size }
}

function encode(record: RecordDocument): Bytes {
  try {
    return canonical(recordDocument(record))
  } catch (error) {
    throw new EnvelopeError(MALFORMED, {}, { cause: error })
  }
}

function parse(document: Bytes): RecordDocument {
  if (document.length > MAX_DOCUMENT_SIZE) throw new EnvelopeError(MALFORMED)
  return readRecord(parseCanonical(document, MALFORMED))
}

/** A record document from a JSON object that stands at `path`. Raises `EnvelopeError` with `code`. */
export function readRecord(value: Json, code: string = MALFORMED, path = ''): RecordDocument {
  const keys = ['attachments', 'instance_xml', 'language', 'v']
  const fields = new Fields(value, keys, code, path, ['card', 'case', 'kept', 'outcome'])
  fields.version()
  const attachments = fields.innerList('attachments', ENTRY_KEYS, 0, MAX_ATTACHMENTS).map(attachmentOf)
  const numbers = attachments.map((entry) => Number(entry.part.slice(1)))
  const ordered = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))
  const names = new Set(attachments.map((entry) => entry.name))
  if (!ordered || names.size !== numbers.length) throw fields.wrong('attachments')
  const { kept } = keptOf(fields)
  const all = new Set([...names, ...(kept ?? []).map(({ name }) => name)])
  if (all.size !== names.size + (kept ?? []).length) throw fields.wrong('kept')
  return {
    instanceXml: fields.anyText('instance_xml'),
    language: fields.textOrNull('language', LANGUAGE),
    attachments,
    ...outcomeOf(fields),
    ...cardOf(fields),
    ...(fields.has('case') ? { case: fields.text('case', CASE) } : {}),
    ...(kept === undefined ? {} : { kept }),
  }
}

function attachmentOf(inner: Fields): Attachment {
  return {
    contentType: inner.text('content_type', CONTENT_TYPE),
    name: inner.text('name', NAME),
    part: inner.text('part', ATTACHMENT_PART),
    sha256: inner.text('sha256', HASH),
    size: inner.integer('size'),
  }
}

function keptOf(fields: Fields): { readonly kept?: readonly Kept[] } {
  if (!fields.has('kept')) return {}
  const entries = fields.innerList('kept', [...ENTRY_KEYS, 'instance'], 1, MAX_ATTACHMENTS)
  return { kept: entries.map((inner) => ({ ...attachmentOf(inner), instance: inner.text('instance', ID) })) }
}

function outcomeOf(fields: Fields): { readonly outcome?: Outcome } {
  if (!fields.has('outcome')) return {}
  const inner = fields.inner('outcome', ['kind', 'reason'])
  const kind = inner.choice('kind', ['partial', 'refused'])
  if (kind === 'partial') return { outcome: { kind, reason: inner.choice('reason', REASONS) } }
  if (!inner.isNull('reason')) throw inner.wrong('reason')
  return { outcome: { kind, reason: null } }
}

function cardOf(fields: Fields): { readonly card?: string } {
  if (!fields.has('card')) return {}
  const card = fields.anyText('card')
  if (!isCardCode(card)) throw fields.wrong('card')
  return { card }
}

async function deflate(document: Bytes): Promise<Bytes> {
  const stream = new Blob([document]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** A document out of one whole zlib stream, of at most `MAX_DOCUMENT_SIZE` bytes. Raises `EnvelopeError` with `code`. */
export async function inflate(compressed: Bytes, code: string): Promise<Bytes> {
  const stream = new DecompressionStream('deflate')
  const fed = feed(stream.writable.getWriter(), compressed)
  const reader = stream.readable.getReader()
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length
      if (size > MAX_DOCUMENT_SIZE) throw new EnvelopeError(code)
      pieces.push(next.value)
    }
    await fed
  } catch (error) {
    await reader.cancel().catch(() => undefined)
    await fed.catch(() => undefined)
    throw new EnvelopeError(code, {}, { cause: error })
  }
  return join(pieces)
}

/** Feeds in small pieces, so that a stream which swells is stopped before all of it was taken in. */
async function feed(writer: WritableStreamDefaultWriter<BufferSource>, compressed: Bytes): Promise<void> {
  for (let at = 0; at < compressed.length; at += FEED_SIZE) {
    await writer.write(compressed.slice(at, at + FEED_SIZE))
  }
  await writer.close()
}
