/** The cover: its fields, its canonical form, its signature (FORMAT.md, The cover). */
import { join, utf8, type Bytes } from '../store/bytes'
import { b64u, canonical, parseCanonical, without, type JsonObject } from './encoding'
import { EnvelopeError } from './errors'
import { CONTENT_TYPE, Fields, HASH, ID, KEY_ID, PART } from './fields'
import { ENC_SIZE, hashOf, SIGNATURE_SIZE, SIGNER_PUBLIC_SIZE, SUITE_NAME, verifySigner } from './keys'

export const MAX_COVER_SIZE = 8192
export const MAX_RECIPIENTS = 3
export const SEALED_KEY_SIZE = 48
export const RECORD_PART = 'record'
export const RECORD_TYPE = 'application/vnd.feldbuch.record'

const PURPOSES = ['real', 'training'] as const
const TAKEN_IN_KINDS = ['device', 'node'] as const
const SUITES = [SUITE_NAME] as const
const KEYS = [
  ...['v', 'study', 'site', 'device', 'interviewer', 'instance', 'replaces', 'form', 'part', 'content_type'],
  ...['purpose', 'taken_in_by', 'signer', 'finished_at', 'body', 'key_commitment', 'recipients', 'signature'],
]

export type Purpose = (typeof PURPOSES)[number]
export type TakenInKind = (typeof TAKEN_IN_KINDS)[number]

/** The content key, sealed to one recipient: `enc` has 1120 bytes, `sealedKey` 48. */
export interface Stanza {
  readonly key: string
  readonly enc: Bytes
  readonly sealedKey: Bytes
  readonly suite: typeof SUITE_NAME
}

/** The place in the signer's chain: its number from 1, and the hash of its previous cover or null. */
export interface SignerPosition {
  readonly number: number
  readonly previous: string | null
}

/** SHA-256 (hex) and size in bytes of the whole body. */
export interface BodyReference {
  readonly hash: string
  readonly size: number
}

/** A parsed cover. `encoded` are the bytes it was read from, `hash` their SHA-256 in hex. */
export interface Cover {
  readonly study: string
  readonly site: string
  readonly device: string
  readonly interviewer: string
  readonly instance: string
  readonly replaces: string | null
  readonly form: { readonly id: string; readonly version: string }
  readonly part: string
  readonly contentType: string
  readonly purpose: Purpose
  readonly takenInBy: { readonly id: string; readonly kind: TakenInKind }
  readonly signer: SignerPosition
  readonly finishedAt: string
  readonly body: BodyReference
  readonly keyCommitment: string
  readonly recipients: readonly Stanza[]
  readonly signatureKey: Bytes
  readonly signature: Bytes
  readonly encoded: Bytes
  readonly hash: string
}

/** SHA-256 of a cover's bytes, in hex: the hash of the item, and `signer.previous` of the next. */
export function coverHash(encoded: Bytes): string {
  return hashOf(encoded)
}

/** The HPKE `info` that binds a stanza to the cover it was made for (FORMAT.md, Stanzas). */
export async function recipientInfo(document: JsonObject): Promise<Bytes> {
  const bare = canonical(without(document, ['recipients', 'signature']))
  return join([utf8('feldbuch/1/recipient\0'), new Uint8Array(await crypto.subtle.digest('SHA-256', bare))])
}

/** What a cover's signature is made over (FORMAT.md, Signature). */
export function signedMessage(document: JsonObject): Bytes {
  return join([utf8('feldbuch/1/cover\0'), canonical(without(document, ['signature']))])
}

/**
 * The cover as a JSON object, after its size and canonical form were checked.
 * Raises `EnvelopeError` `envelope.cover.too_large` or `envelope.cover.not_canonical`.
 */
export function coverDocument(encoded: Bytes): JsonObject {
  if (encoded.length > MAX_COVER_SIZE) {
    throw new EnvelopeError('envelope.cover.too_large', { size: encoded.length, limit: MAX_COVER_SIZE })
  }
  return parseCanonical(encoded, 'envelope.cover.not_canonical')
}

/** Whether a part's body holds a record document: the record itself and checkpoints do, attachments do not. */
export function holdsRecord(part: string): boolean {
  return !part.startsWith('a')
}

/** Step 1 of the order of reading: size, canonical form, fields. Raises `EnvelopeError` `envelope.cover.*`. */
export function parseCover(encoded: Bytes): Cover {
  return readFields(coverDocument(encoded), encoded)
}

/** Steps 1 and 2 of the order of reading. Raises as `parseCover`, and `envelope.signature.wrong`. */
export async function verifyCover(encoded: Bytes): Promise<Cover> {
  const document = coverDocument(encoded)
  const cover = readFields(document, encoded)
  await verifySigner(cover.signatureKey, cover.takenInBy.id, signedMessage(document), cover.signature)
  return cover
}

/** A stanza as it stands in the cover. */
export function stanzaDocument(stanza: Stanza): JsonObject {
  return { enc: b64u(stanza.enc), key: stanza.key, sealed_key: b64u(stanza.sealedKey), suite: stanza.suite }
}

function readFields(document: JsonObject, encoded: Bytes): Cover {
  const fields = new Fields(document, KEYS, 'envelope.cover.field')
  fields.version()
  const form = fields.inner('form', ['id', 'version'])
  const body = fields.inner('body', ['hash', 'size'])
  const signature = fields.inner('signature', ['key', 'value'])
  const part = fields.text('part', PART)
  const contentType = fields.text('content_type', CONTENT_TYPE)
  if (holdsRecord(part) !== (contentType === RECORD_TYPE)) throw fields.wrong('content_type')
  const device = fields.text('device', ID)
  return {
    study: fields.text('study', ID),
    site: fields.text('site', ID),
    device,
    interviewer: fields.text('interviewer', ID),
    instance: fields.text('instance', ID),
    replaces: fields.textOrNull('replaces', ID),
    form: { id: form.text('id', ID), version: form.text('version', HASH) },
    part,
    contentType,
    purpose: fields.choice('purpose', PURPOSES),
    takenInBy: readTakenInBy(fields, device),
    signer: readSigner(fields),
    finishedAt: fields.time('finished_at'),
    body: { hash: body.text('hash', HASH), size: body.integer('size') },
    keyCommitment: fields.text('key_commitment', HASH),
    recipients: readRecipients(fields),
    signatureKey: signature.data('key', SIGNER_PUBLIC_SIZE),
    signature: signature.data('value', SIGNATURE_SIZE),
    encoded,
    hash: coverHash(encoded),
  }
}

function readTakenInBy(fields: Fields, device: string): Cover['takenInBy'] {
  const inner = fields.inner('taken_in_by', ['id', 'kind'])
  const taken = { id: inner.text('id', KEY_ID), kind: inner.choice('kind', TAKEN_IN_KINDS) }
  if (taken.kind === 'device' && taken.id !== device) throw inner.wrong('id')
  return taken
}

function readSigner(fields: Fields): SignerPosition {
  const inner = fields.inner('signer', ['number', 'previous'])
  const position = { number: inner.integer('number', 1), previous: inner.textOrNull('previous', HASH) }
  if ((position.number === 1) !== (position.previous === null)) throw inner.wrong('previous')
  return position
}

function readRecipients(fields: Fields): Stanza[] {
  const stanzas = fields.innerList('recipients', ['enc', 'key', 'sealed_key', 'suite'], 1, MAX_RECIPIENTS).map(
    (inner): Stanza => ({
      key: inner.text('key', KEY_ID),
      enc: inner.data('enc', ENC_SIZE),
      sealedKey: inner.data('sealed_key', SEALED_KEY_SIZE),
      suite: inner.choice('suite', SUITES),
    }),
  )
  if (new Set(stanzas.map((stanza) => stanza.key)).size !== stanzas.length) throw fields.wrong('recipients')
  return stanzas
}
