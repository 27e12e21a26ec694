/** Sealing and opening whole parts: body, cover and stanzas together. */
import { join, type Bytes } from '../store/bytes'
import { BodyWriter, openBody, verifyBody, type BodySource, type SealedBody } from './body'
import {
  coverDocument,
  parseCover,
  recipientInfo,
  signedMessage,
  stanzaDocument,
  type Cover,
  type Purpose,
  type SignerPosition,
  type Stanza,
  type TakenInKind,
} from './cover'
import { b64u, canonical, type JsonObject } from './encoding'
import { EnvelopeError } from './errors'
import { deviceId, keyId, signP256, SUITE_NAME, type Signer } from './keys'
import { packRecord, unpackRecord, type RecordDocument } from './record'

/** What a cover says besides what follows from the body and the keys; FORMAT.md, The cover. */
export interface CoverFacts {
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
  /** The kind alone: the id is that of the signing key. */
  readonly takenInBy: TakenInKind
  readonly signer: SignerPosition
  readonly finishedAt: string
}

/** Private keys (32-byte seeds) under their key ids. */
export type PrivateKeys = ReadonlyMap<string, Bytes>

/** An envelope's two pieces. */
export interface SealedPart {
  readonly cover: Bytes
  readonly body: Bytes
}

/** Seals content that is in memory. */
export async function sealBody(plaintext: Uint8Array): Promise<{ sealed: SealedBody; body: Bytes }> {
  const writer = await BodyWriter.create()
  const start = await writer.write(plaintext)
  const { bytes, sealed } = await writer.finish()
  return { sealed, body: join([start, bytes]) }
}

/**
 * A signed cover for a finished body, for one to three public keys of 1216 bytes.
 * Raises `EnvelopeError` `envelope.cover.field` or `envelope.cover.too_large`, if a reader would refuse it.
 */
export async function writeCover(
  facts: CoverFacts,
  body: SealedBody,
  recipients: readonly Bytes[],
  signer: Signer,
): Promise<Bytes> {
  const bare: JsonObject = {
    v: 1,
    study: facts.study,
    site: facts.site,
    device: facts.device,
    interviewer: facts.interviewer,
    instance: facts.instance,
    replaces: facts.replaces,
    form: { id: facts.form.id, version: facts.form.version },
    part: facts.part,
    content_type: facts.contentType,
    purpose: facts.purpose,
    taken_in_by: { id: deviceId(signer.publicKey), kind: facts.takenInBy },
    signer: { number: facts.signer.number, previous: facts.signer.previous },
    finished_at: facts.finishedAt,
    body: { hash: body.hash, size: body.size },
    key_commitment: body.keyCommitment,
  }
  const info = await recipientInfo(bare)
  const stanzas: JsonObject[] = []
  for (const recipient of recipients) {
    stanzas.push(stanzaDocument(await sealStanza(body.contentKey, recipient, info)))
  }
  const unsigned: JsonObject = { ...bare, recipients: stanzas }
  const value = await signP256(signer.privateKey, signedMessage(unsigned))
  const encoded = canonical({ ...unsigned, signature: { key: b64u(signer.publicKey), value: b64u(value) } })
  parseCover(encoded)
  return encoded
}

/** Seals a part that is in memory. Raises as `writeCover`. */
export async function sealPart(
  facts: CoverFacts,
  plaintext: Uint8Array,
  recipients: readonly Bytes[],
  signer: Signer,
): Promise<SealedPart> {
  const { sealed, body } = await sealBody(plaintext)
  return { cover: await writeCover(facts, sealed, recipients, signer), body }
}

/** Seals a record. Raises as `writeCover` and `packRecord`. */
export async function sealRecord(
  facts: CoverFacts,
  record: RecordDocument,
  recipients: readonly Bytes[],
  signer: Signer,
): Promise<SealedPart> {
  return sealPart(facts, await packRecord(record), recipients, signer)
}

/** Seals a content key to one public key (1216 bytes). */
export async function sealStanza(contentKey: Bytes, recipient: Bytes, info: Bytes): Promise<Stanza> {
  const { suite } = await import('./suite')
  const recipientPublicKey = await suite.kem.deserializePublicKey(recipient.slice().buffer)
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, contentKey)
  return { key: keyId(recipient), enc: new Uint8Array(enc), sealedKey: new Uint8Array(ct), suite: SUITE_NAME }
}

/**
 * Opens a stanza: the content key. The commitment is checked by `openBody`, which sees the file id.
 * Raises `envelope.recipient.missing` or `envelope.recipient.sealed`.
 */
export async function openContentKey(cover: Cover, privateKeys: PrivateKeys): Promise<Bytes> {
  const known = cover.recipients.filter((stanza) => privateKeys.has(stanza.key))
  if (known.length === 0) throw new EnvelopeError('envelope.recipient.missing')
  const info = await recipientInfo(coverDocument(cover.encoded))
  let cause: unknown
  const { suite } = await import('./suite')
  for (const stanza of known) {
    const seed = privateKeys.get(stanza.key)
    try {
      const recipientKey = await suite.kem.deserializePrivateKey(new Uint8Array(seed ?? []).buffer)
      return new Uint8Array(await suite.open({ recipientKey, enc: stanza.enc, info }, stanza.sealedKey))
    } catch (error) {
      cause = error
    }
  }
  throw new EnvelopeError('envelope.recipient.sealed', {}, { cause })
}

/**
 * Steps 4 to 6 of the order of reading: the content, chunk by chunk, for a cover already verified. A file is read twice,
 * first for its hash. Nothing of the content may be used before the iteration ended without an error.
 * Raises any of `envelope.body.*` and `envelope.recipient.*`.
 */
export async function* openPart(
  cover: Cover,
  body: BodySource,
  privateKeys: PrivateKeys,
): AsyncGenerator<Bytes, void, undefined> {
  await verifyBody(body, cover.body)
  const contentKey = await openContentKey(cover, privateKeys)
  yield* openBody(body, contentKey, cover.keyCommitment)
}

/** Opens and unpacks a record whose cover was verified. Raises as `openPart`, and `envelope.record.malformed`. */
export async function openRecord(cover: Cover, body: BodySource, privateKeys: PrivateKeys): Promise<RecordDocument> {
  const pieces: Bytes[] = []
  for await (const piece of openPart(cover, body, privateKeys)) pieces.push(piece)
  return unpackRecord(join(pieces))
}
