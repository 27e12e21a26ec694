/**
 * What this implementation seals, it opens, and so does Python: with FELDBUCH_WRITE_VECTORS set, the envelopes made here
 * are written to parts_typescript.json, which both read.
 */
import { writeFileSync } from 'node:fs'

import { beforeAll, describe, expect, it } from 'vitest'

import { join, randomBytes, sha256Hex, type Bytes } from '../store/bytes'
import { BodyWriter } from './body'
import { coverHash, parseCover, RECORD_TYPE, verifyCover } from './cover'
import { b64u } from './encoding'
import { deviceId, keyId, recipientPublicBytes, signerOf, signP256, verifyP256, type Signer } from './keys'
import { packRecord, type RecordDocument } from './record'
import { openPart, openRecord, sealPart, sealRecord, writeCover, type CoverFacts } from './seal'
import { permitsDeleting, signDocument, verifyOwnDocument, type Mark, type Receipt } from './signed'
import { all, bytes, FOLDER, load, pattern, privateKeys, recordJson, refused, type PartsJson } from './testing/vectors'

const { seeds } = load<PartsJson>('parts')
const PHOTO = pattern(1500)
let signer: Signer
let recipients: Bytes[]
let facts: CoverFacts
let record: RecordDocument

beforeAll(async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  signer = await signerOf(await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']))
  recipients = await Promise.all(Object.values(seeds).map((seed) => recipientPublicBytes(bytes(seed))))
  facts = {
    study: 'ruhr-2026',
    site: 'plovdiv',
    device: deviceId(signer.publicKey),
    interviewer: 'iv-07',
    instance: 'uuid:0b0f3a76-2a0e-4b64-8d5a-6a2f3d1f7c55',
    replaces: null,
    form: { id: 'household_survey', version: await sha256Hex(PHOTO) },
    part: 'record',
    contentType: RECORD_TYPE,
    purpose: 'training',
    takenInBy: 'device',
    signer: { number: 1, previous: null },
    finishedAt: '2026-11-23T04:00:00Z',
  }
  const photo = { contentType: 'image/jpeg', name: 'Снимка.jpg', part: 'a1', sha256: await sha256Hex(PHOTO), size: 1500 }
  record = { instanceXml: '<data><име>Пловдив "Ț" 🏠\n</име></data>', language: 'bg', attachments: [photo] }
})

describe('sealing', () => {
  it('opens what it sealed, with every recipient', async () => {
    const { cover, body } = await sealRecord(facts, record, recipients, signer)
    const verified = await verifyCover(cover)
    expect(verified.takenInBy).toEqual({ id: facts.device, kind: 'device' })
    for (const [key, seed] of Object.entries(seeds)) {
      expect(await openRecord(verified, new Blob([body]), privateKeys({ [key]: seed }))).toEqual(record)
    }
  })

  it('refuses a cover that a reader would refuse', async () => {
    const seal = (changes: Partial<CoverFacts>, to = recipients.slice(0, 1)): Promise<unknown> =>
      sealPart({ ...facts, ...changes }, PHOTO, to, signer)
    const code = 'envelope.cover.field'
    await refused({ code, field: 'study' }, () => seal({ study: '' }))
    await refused({ code, field: 'taken_in_by.id' }, () => seal({ device: 'another' }))
    await refused({ code, field: 'recipients' }, () => seal({}, []))
    await refused({ code, field: 'recipients' }, () => seal({}, [...recipients, ...recipients.slice(0, 1)]))
  })

  it('refuses a record that a reader would refuse', async () => {
    const code = 'envelope.record.malformed'
    await refused({ code }, () => packRecord({ ...record, instanceXml: '\ud800' }))
    await refused({ code }, () => packRecord({ ...record, language: '' }))
    await refused({ code }, () => packRecord({ ...record, instanceXml: 'x'.repeat(16 * 1024 * 1024) }))
  })

  it('makes bodies of one size of a refusal and an interview', async () => {
    const sizes = new Set<number>()
    for (const length of [0, 300, 6000]) {
      const instanceXml = b64u(randomBytes(Math.ceil(length * 0.75)))
      sizes.add((await sealRecord(facts, { ...record, instanceXml }, recipients.slice(0, 1), signer)).body.length)
    }
    expect(sizes.size).toBe(1)
  })

  it('refuses any flipped bit of a cover', async () => {
    const { cover } = await sealPart({ ...facts, part: 'a1', contentType: 'a/b' }, PHOTO, recipients.slice(0, 1), signer)
    for (let at = 0; at < cover.length; at += 7) {
      const flipped = cover.slice()
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      await expect(verifyCover(flipped)).rejects.toMatchObject({ name: 'EnvelopeError' })
    }
  })

  it('signs with the low s only', async () => {
    for (let turn = 0; turn < 32; turn += 1) {
      const message = randomBytes(turn)
      await verifyP256(signer.publicKey, message, await signP256(signer.privateKey, message))
    }
  })

  it('finishes a body once', async () => {
    const writer = await BodyWriter.create()
    await writer.finish()
    await expect(writer.finish()).rejects.toThrow('finished')
  })
})

describe('documents of this device', () => {
  it('verify by the key they name', async () => {
    const hello = { v: 1, id: facts.device, key: b64u(signer.publicKey) }
    const signed = await signDocument('feldbuch/1/hello', hello, signer.privateKey)
    expect(await verifyOwnDocument('feldbuch/1/hello', signed)).toBe(facts.device)
    const wrong = { code: 'envelope.document.not_canonical' }
    await refused(wrong, () => signDocument('feldbuch/1/hello', { ...hello, at: 1.5 }, signer.privateKey))
    await refused(wrong, () => signDocument('feldbuch/1/hello', { ...hello, at: '\udc00' }, signer.privateKey))
  })
})

describe('the pruning rule', () => {
  const receipt: Receipt = {
    study: 's',
    instance: 'i',
    part: 'record',
    coverHash: 'c',
    bodyHash: 'b',
    state: 'held',
    epoch: 'e',
    seq: 7,
  }
  const mark: Mark = { study: 's', epoch: 'e', durableSeq: 7, at: '' }

  it('permits what is held and durable', () => {
    expect(permitsDeleting(receipt, mark, 'c', 'b')).toBe(true)
  })

  it.each<[string, Partial<Receipt>, Partial<Mark>]>([
    ['a quarantine', { state: 'quarantined' }, {}],
    ['a conflict', { state: 'conflict' }, {}],
    ['another cover', { coverHash: 'x' }, {}],
    ['another body', { bodyHash: 'x' }, {}],
    ['another study', {}, { study: 'x' }],
    ['another epoch', {}, { epoch: 'x' }],
    ['a number above the mark', { seq: 8 }, {}],
  ])('refuses %s', (_, changes, markChanges) => {
    expect(permitsDeleting({ ...receipt, ...changes }, { ...mark, ...markChanges }, 'c', 'b')).toBe(false)
  })
})

it('seals what the other implementation opens', async () => {
  const ids = Object.keys(seeds)
  const two = recipients.slice(0, 2)
  const first = await sealRecord(facts, record, two, signer)
  const writer = await BodyWriter.create()
  const pieces: Bytes[] = []
  for (const at of [0, 500, 1000]) {
    pieces.push(await writer.write(PHOTO.subarray(at, at + 500)))
    if (at < 1000) pieces.push(await writer.flush())
  }
  const { bytes: end, sealed } = await writer.finish()
  const photoFacts = { ...facts, part: 'a1', contentType: 'image/jpeg' }
  const second = { ...photoFacts, signer: { number: 2, previous: coverHash(first.cover) } }
  const photo = { cover: await writeCover(second, sealed, two, signer), body: join([...pieces, end]) }
  const third = { ...photoFacts, part: 'a2', signer: { number: 3, previous: coverHash(photo.cover) } }
  const empty = await sealPart(third, new Uint8Array(0), two, signer)

  const text = (part: { cover: Bytes; body: Bytes }, content: object): object => ({
    cover: new TextDecoder().decode(part.cover),
    body: b64u(part.body),
    keys: parseCover(part.cover).recipients.map(({ key }) => key),
    ...content,
  })
  expect(recipients.map(keyId)).toEqual(ids)
  expect(await all(openPart(parseCover(photo.cover), photo.body, privateKeys(seeds)))).toEqual(PHOTO)
  if (process.env['FELDBUCH_WRITE_VECTORS'] !== undefined) {
    const envelopes = {
      record: text(first, { record: recordJson(record) }),
      photo: text(photo, { content: b64u(PHOTO) }),
      empty: text(empty, { content: '' }),
    }
    writeFileSync(new URL('parts_typescript.json', FOLDER), `${JSON.stringify({ seeds, envelopes }, null, 1)}\n`)
  }
})
