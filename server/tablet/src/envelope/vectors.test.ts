/** The shared vectors, read by the TypeScript implementation. */
import { describe, expect, it } from 'vitest'

import { hex, join, sha256Hex, utf8, type Bytes } from '../store/bytes'
import { BodyWriter, openBody } from './body'
import { coverHash, parseCover, verifyCover } from './cover'
import { b64u, canonical, fromB64u, parseCanonical, type JsonObject } from './encoding'
import { packItem, readItems } from './item'
import { deviceId, keyId, recipientPublicBytes } from './keys'
import { packRecord, padme, unpackRecord } from './record'
import { openPart, openRecord } from './seal'
import { documentHash, readFeedEntry, readMark, readReceipt, verifyOwnDocument } from './signed'
import {
  all,
  bytes,
  changed,
  load,
  pattern,
  privateKeys,
  recordJson,
  refused,
  replaced,
  type Case,
  type PartsJson,
  type RecordJson,
} from './testing/vectors'

describe('keys and texts', () => {
  interface Keys {
    recipients: { seed: string; id: string; public_sha256: string }[]
    signers: { public: string; id: string }[]
    b64u: { hex: string; text: string }[]
    not_b64u: string[]
  }
  const keys = load<Keys>('keys')
  const texts = load<{ good: string[]; bad: string[]; bad_bytes: string[] }>('canonical')

  it.each(keys.recipients)('derives $id', async ({ seed, id, public_sha256 }) => {
    const publicKey = await recipientPublicBytes(bytes(seed))
    expect(await sha256Hex(publicKey)).toBe(public_sha256)
    expect(keyId(publicKey)).toBe(id)
  })

  it.each(keys.signers)('names $id', (signer) => {
    expect(deviceId(bytes(signer.public))).toBe(signer.id)
  })

  it.each(keys.b64u)('writes and reads "$text"', (pair) => {
    expect(hex(bytes(pair.text))).toBe(pair.hex)
    expect(b64u(bytes(pair.text))).toBe(pair.text)
  })

  it.each(keys.not_b64u)('refuses %j as base64url', (text) => {
    expect(fromB64u(text)).toBeNull()
  })

  it.each(texts.good)('takes %s', (text) => {
    expect(canonical(parseCanonical(utf8(text), 'code'))).toEqual(utf8(text))
  })

  it.each([...texts.bad.map(utf8), ...texts.bad_bytes.map(bytes)])('refuses other texts', async (data) => {
    await refused({ code: 'code' }, () => parseCanonical(data, 'code'))
  })
})

describe('bodies', () => {
  interface Whole {
    name: string
    pieces: [number, number][]
    size: number
    hash: string
  }
  interface Bodies {
    content_key: string
    file_id: string
    commitment: string
    whole: Whole[]
    broken: (Case & { content_key?: string; commitment?: string })[]
  }
  const bodies = load<Bodies>('bodies')

  async function write(whole: Whole): Promise<{ content: Bytes; body: Bytes; size: number; hash: string }> {
    const writer = await BodyWriter.create(bytes(bodies.content_key), bytes(bodies.file_id))
    const content = pattern(whole.pieces.reduce((sum, [size]) => sum + size, 0))
    const written: Bytes[] = []
    let at = 0
    for (const [size, flush] of whole.pieces) {
      written.push(await writer.write(content.subarray(at, at + size)))
      if (flush === 1) written.push(await writer.flush())
      at += size
    }
    const { bytes: end, sealed } = await writer.finish()
    expect(sealed.keyCommitment).toBe(bodies.commitment)
    return { content, body: join([...written, end]), size: sealed.size, hash: sealed.hash }
  }

  it.each(bodies.whole)('writes and opens $name', async (whole) => {
    const { content, body, size, hash } = await write(whole)
    expect({ size, hash }).toEqual({ size: whole.size, hash: whole.hash })
    expect({ size: body.length, hash: await sha256Hex(body) }).toEqual({ size, hash })
    for (const source of [body, new Blob([body])]) {
      // Compared as a whole: going through each byte takes the test runner long.
      const opened = await all(openBody(source, bytes(bodies.content_key), bodies.commitment))
      expect(await sha256Hex(opened)).toBe(await sha256Hex(content))
    }
  })

  it.each(bodies.broken)('refuses a body $name', async (broken) => {
    const whole = bodies.whole.find(({ name }) => name === 'three_chunks')
    if (whole === undefined) throw new Error('three_chunks is missing')
    const data = changed((await write(whole)).body, broken)
    const key = bytes(broken.content_key ?? bodies.content_key)
    for (const source of [data, new Blob([data])]) {
      await refused(broken, () => all(openBody(source, key, broken.commitment ?? bodies.commitment)))
    }
  })
})

describe('covers', () => {
  interface Covers {
    whole: { name: string; cover: string; hash: string; signer: { number: number; previous: string | null } }[]
    base: string
    not_canonical: Case[]
    field: Case[]
    signature: (Case & { cover: string })[]
    too_large: number
  }
  const covers = load<Covers>('covers')

  it.each(covers.whole)('verifies a $name one', async ({ cover, hash, signer }) => {
    const verified = await verifyCover(utf8(cover))
    expect(verified.hash).toBe(hash)
    expect(coverHash(utf8(cover))).toBe(hash)
    expect(verified.signer).toEqual(signer)
  })

  it.each(covers.not_canonical)('refuses $name', async (broken) => {
    const data = replaced(covers.base, broken)
    await refused({ code: 'envelope.cover.not_canonical' }, () => parseCover(data))
  })

  it.each(covers.field)('refuses another $field', async (broken) => {
    const data = replaced(covers.base, broken)
    await refused({ ...broken, code: 'envelope.cover.field' }, () => parseCover(data))
  })

  it.each(covers.signature)('refuses a signature: $name', async ({ cover }) => {
    parseCover(utf8(cover))
    await refused({ code: 'envelope.signature.wrong' }, () => verifyCover(utf8(cover)))
  })

  it('refuses one that is too large', async () => {
    await refused({ code: 'envelope.cover.too_large' }, () => parseCover(new Uint8Array(covers.too_large)))
  })
})

describe('envelopes', () => {
  interface Broken extends Case {
    readonly envelope: string
    readonly keys?: Readonly<Record<string, string>>
  }
  const parts = load<PartsJson & { broken: Broken[] }>('parts')

  it.each(['parts', 'parts_typescript'])('opens those in %s', async (name) => {
    const { seeds, envelopes } = load<PartsJson>(name)
    for (const envelope of Object.values(envelopes)) {
      const cover = await verifyCover(utf8(envelope.cover))
      expect(new Set(cover.recipients.map(({ key }) => key))).toEqual(new Set(envelope.keys))
      for (const key of envelope.keys) {
        const keys = privateKeys({ [key]: seeds[key] ?? '' })
        const body = bytes(envelope.body)
        if (envelope.record === undefined) {
          expect(b64u(await all(openPart(cover, body, keys)))).toBe(envelope.content)
        } else {
          expect(recordJson(await openRecord(cover, body, keys))).toEqual(envelope.record)
        }
      }
    }
  })

  it.each(parts.broken)('refuses $name', async (broken) => {
    const envelope = parts.envelopes[broken.envelope]
    if (envelope === undefined) throw new Error('the envelope is missing')
    const cover = await verifyCover(utf8(broken.cover ?? envelope.cover))
    const body = changed(bytes(envelope.body), broken)
    await refused(broken, () => all(openPart(cover, body, privateKeys(broken.keys ?? parts.seeds))))
  })
})

describe('records', () => {
  interface Plaintext {
    data: string
    zeros: number
    last?: number
  }
  interface Records {
    padme: [number, number][]
    whole: (Plaintext & { record: RecordJson })[]
    broken: (Plaintext & { name: string; code: string })[]
  }
  const records = load<Records>('records')

  function plaintext({ data, zeros, last }: Plaintext): Bytes {
    const found = join([bytes(data), new Uint8Array(zeros)])
    if (last !== undefined) found[found.length - 1] = last
    return found
  }

  it('pads as Padmé says', () => {
    for (const [size, padded] of records.padme) expect(padme(size)).toBe(padded)
  })

  it.each(records.whole)('unpacks and packs', async (whole) => {
    const record = await unpackRecord(plaintext(whole))
    expect(recordJson(record)).toEqual(whole.record)
    expect(await unpackRecord(await packRecord(record))).toEqual(record)
  })

  it.each(records.broken)('refuses $name', async (broken) => {
    const error = await refused({ code: broken.code }, () => unpackRecord(plaintext(broken)))
    expect(error.code).toBe('envelope.record.malformed')
  })
})

describe('items', () => {
  interface Items {
    item: string
    cover: string
    body: string
    hash: string
    max_items: number
    max_body: number
    broken: (Case & { items: number; max_body?: number })[]
  }
  const items = load<Items>('items')
  const limits = { maxItems: items.max_items, maxBody: items.max_body }

  it('packs and reads', () => {
    const item = { cover: bytes(items.cover), body: bytes(items.body) }
    const whole = bytes(items.item)
    expect(packItem(item.cover, item.body)).toEqual(whole)
    expect([...readItems(join([whole, whole, whole]), limits)]).toEqual([item, item, item])
    expect([...readItems(new Uint8Array(0), limits)]).toEqual([])
    expect(coverHash(item.cover)).toBe(items.hash)
  })

  it.each(items.broken)('refuses $name', async (broken) => {
    const found = readItems(changed(bytes(items.item), broken), {
      ...limits,
      maxBody: broken.max_body ?? limits.maxBody,
    })
    for (let index = 0; index < broken.items; index += 1) expect(found.next().done).toBe(false)
    const error = await refused({ code: 'envelope.item.malformed' }, () => found.next())
    expect(error.params).toEqual({ index: broken.items })
  })
})

describe('signed documents', () => {
  type Kind = 'receipt' | 'mark' | 'feed'
  interface Documents {
    central: string
    whole: { kind: Kind; text: string; hash: string }[]
    broken: (Case & { kind: Kind; text: string })[]
    own: { label: string; whole: JsonObject; broken: (Case & { document: JsonObject })[] }
  }
  const documents = load<Documents>('documents')
  const central = bytes(documents.central)
  const readers = { receipt: readReceipt, mark: readMark, feed: readFeedEntry }
  const names: Readonly<Record<string, string>> = {
    coverHash: 'cover_hash',
    bodyHash: 'body_hash',
    durableSeq: 'durable_seq',
  }

  it.each(documents.whole)('reads a $kind', async ({ kind, text, hash }) => {
    const read = Object.entries(await readers[kind](utf8(text), central))
    const { v, signature, ...rest } = JSON.parse(text) as Record<string, unknown>
    expect({ v, signature: typeof signature }).toEqual({ v: 1, signature: 'string' })
    expect(Object.fromEntries(read.map(([key, value]) => [names[key] ?? key, value as unknown]))).toEqual(rest)
    expect(documentHash(utf8(text))).toBe(hash)
  })

  it.each(documents.broken)('refuses a $kind: $name', async (broken) => {
    await refused(broken, () => readers[broken.kind](utf8(broken.text), central))
  })

  it('verifies what a device signed', async () => {
    expect(await verifyOwnDocument(documents.own.label, documents.own.whole)).toBe(documents.own.whole['id'])
  })

  it.each(documents.own.broken)('refuses of a device: $name', async (broken) => {
    await refused(broken, () => verifyOwnDocument(documents.own.label, broken.document))
  })
})
