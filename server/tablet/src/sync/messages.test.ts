/** The examples of the protocol's page, read by the TypeScript implementation: deploy/docs/protocol.md is the one file for both. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { canonical, documentHash, fromB64u, type JsonObject } from '../envelope'
import { verifyOwnDocument } from '../envelope/signed'
import { certificateBody, formBody, intakeKeyBody, interviewerBody, nodeBody, returnBody, studyBody } from '../store/feed_bodies'
import { Http } from './http'
import { mayDelete, signedMarks, signedReceipts } from './pruning'
import { readPart } from './reconcile'
import { Session } from './session'
import { json } from './testing/central'
import { enrolled, interview } from './testing/tablet'
import { Trust } from './trust'
import { readWord } from './words'

const PAGE = readFileSync(fileURLToPath(new URL('../../../../deploy/docs/protocol.md', import.meta.url)), 'utf8')
const EXAMPLE = /^\*\*`([a-z.]+)`\*\*[^\n]*\n\n```json\n([\s\S]*?)\n```$/gm
const [, BY_EXAMPLE = ''] = PAGE.split('\n## Messages by example\n')
const said = new Map<string, JsonObject>([...BY_EXAMPLE.matchAll(EXAMPLE)].map(([, name = '', text = '']) => [name, JSON.parse(text) as JsonObject]))

function example(name: string): JsonObject {
  const found = said.get(name)
  if (found === undefined) throw new Error(`no example ${name}`)
  return found
}

function list(name: string, key: string): readonly JsonObject[] {
  return example(name)[key] as JsonObject[]
}

const central = example('central') as { readonly key: string; readonly study: string }
const trust = new Trust(central.key, central.study)

test('the greeting and the welcome open a session, with its limits and its mark', async () => {
  const asked: JsonObject[] = []
  const http = new Http((_, init) => {
    if (init.method !== 'POST') return Promise.resolve(json(example('greeting')))
    asked.push(JSON.parse(init.body as string) as JsonObject)
    return Promise.resolve(json(example('welcome')))
  })
  const hello = list('hello', 'relayed')[0] ?? {}
  const session = new Session({ id: 'central', url: 'https://central.example' }, http, central.study, () => Promise.resolve(hello))
  const welcome = await session.open()
  expect(asked).toEqual([{ hello, relayed: [] }])
  expect(welcome).toMatchObject({ standing: 'introduced', epoch: example('receipts')['epoch'], pause: 0 })
  expect(welcome.limits).toEqual({ batchBytes: 1048576, batchItems: 500, offerItems: 500, itemBytes: 2147483648, patchBytes: 1048576 })
  expect(session.can('reconcile')).toBe(true)
  expect(await trust.mark(welcome.mark)).toMatchObject({ epoch: welcome.epoch })
})

test('a place of another version is not spoken to', async () => {
  const http = new Http(() => Promise.resolve(json({ ...example('greeting'), v: 2 })))
  const session = new Session({ id: 'central', url: 'https://central.example' }, http, central.study, () => Promise.reject(new Error('asked')))
  await expect(session.open()).rejects.toThrow('place.foreign')
})

test('a tablet signs a hello with the same fields as the one that was relayed', async () => {
  const own = await enrolled()
  await interview(own, 'an answer')
  await own.tablet.sync.round()
  const [written] = own.central.hellos
  const [relayed] = list('hello', 'relayed')
  expect(Object.keys(written ?? {}).sort()).toEqual(Object.keys(relayed ?? {}).sort())
  expect(Object.keys(written?.['counts'] as JsonObject).sort()).toEqual(Object.keys(relayed?.['counts'] as JsonObject).sort())
  await verifyOwnDocument('feldbuch/1/hello', relayed ?? {})
  await verifyOwnDocument('feldbuch/1/hello', example('hello')['hello'] as JsonObject)
})

test('what a tablet offers has the fields of the example', async () => {
  const own = await enrolled()
  const heard: JsonObject[] = []
  own.central.fault = (path, init) => {
    if (path === '/sync/offer') heard.push(JSON.parse(init.body as string) as JsonObject)
    return undefined
  }
  await interview(own, 'an answer')
  await own.tablet.sync.round()
  const items = heard.flatMap((each) => each['items'] as JsonObject[])
  expect(items.length).toBeGreaterThan(0)
  for (const each of items) expect(Object.keys(each).sort()).toEqual(Object.keys(list('offer', 'items')[0] ?? {}).sort())
  expect(own.central.batches.flat().length).toBeGreaterThan(0)
})

test('the answers of items carry receipts that central signed', async () => {
  const words = [...list('batch.answer', 'answers'), example('files.answer')].map(readWord)
  expect(words.map(({ state }) => state)).toEqual(['held', 'quarantined', 'refused', 'held'])
  expect(words.map(({ code }) => code)).toEqual([null, 'device.revoked', 'envelope.body.hash', null])
  for (const { receipt, state } of words.filter((each) => each.receipt !== null)) {
    expect((await trust.receipt(receipt)).state).toBe(state)
  }
  const [have] = list('offer.answer', 'answers')
  expect(await trust.receipt(have?.['receipt'])).toMatchObject({ seq: 1, coverHash: list('offer', 'items')[0]?.['hash'] })
})

test('the receipts and the mark are read, and permit what the rule permits', async () => {
  for (const each of list('receipts', 'receipts')) expect((await trust.receipt(each)).epoch).toBe(example('receipts')['epoch'])
  expect((await trust.mark(example('durable')['mark'])).durableSeq).toBe(2)
  const key = fromB64u(central.key) ?? new Uint8Array(0)
  const receipts = await signedReceipts(list('pruning', 'receipts'), key)
  const marks = await signedMarks(list('pruning', 'marks'), key)
  const [held] = receipts
  if (held === undefined) throw new Error('no receipt')
  const copy = { study: held.study, instance: held.instance, part: held.part, coverHash: held.coverHash, bodyHash: held.bodyHash }
  expect(mayDelete(copy, receipts, marks, { epoch: held.epoch, carrier: 'node' })).toEqual(held)
  expect(mayDelete(copy, receipts, marks.slice(1), { epoch: held.epoch, carrier: 'node' })).toBeNull()
  expect(mayDelete(copy, receipts, marks.slice(1), { epoch: held.epoch, carrier: 'device' })).toEqual(held)
})

test('the feed follows from its beginning, and a tablet reads the bodies of what concerns it', async () => {
  const bodies = { certificate: certificateBody, form: formBody, intake_key: intakeKeyBody, interviewer: interviewerBody, node: nodeBody, return: returnBody, study: studyBody }
  const heads = new Map<string, { readonly number: number; readonly hash: string }>()
  for (const document of list('feed.answer', 'entries')) {
    const entry = await trust.entry(document)
    const head = heads.get(entry.chain)
    expect([entry.number, entry.previous]).toEqual([(head?.number ?? 0) + 1, head?.hash ?? null])
    heads.set(entry.chain, { number: entry.number, hash: documentHash(canonical(document)) })
    const read = Object.entries(bodies).find(([kind]) => kind === entry.kind)?.[1]
    if (read !== undefined) expect(read(entry.body)).toBeTypeOf('object')
  }
  expect(heads.size).toBe(4)
})

test('the parts of a comparison are read', () => {
  const parts = list('reconcile.answer', 'parts')
  const prefixes = example('reconcile')['prefixes'] as string[]
  prefixes.forEach((prefix, index) => {
    expect(readPart(prefix, parts[index])).toMatchObject({ prefix, count: parts[index]?.['count'] })
  })
})

test('what a tablet signed to enter is signed by it', async () => {
  await verifyOwnDocument('feldbuch/1/enrolment', example('enrolment')['enrolment'] as JsonObject)
  await verifyOwnDocument('feldbuch/1/recovery', example('recovery')['recovery'] as JsonObject)
  const [first] = list('enrolment.answer', 'entries')
  expect(await trust.entry(first)).toMatchObject({ kind: 'certificate', number: 1 })
})

test('an error has a code', async () => {
  const http = new Http(() => Promise.resolve(new Response(JSON.stringify(example('error')), { status: 401 })))
  await expect(http.call('https://central.example/sync/receipts', { timeout: 1000 })).rejects.toMatchObject({ status: 401, code: 'session.missing' })
})
