import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { beforeEach, describe, expect, it, test } from 'vitest'

import { fromB64u, readItems } from '../envelope'
import { fromU32 } from '../envelope/encoding'
import type { HandoverTarget } from '../services'
import { Bodies } from '../store/bodies'
import { join, utf8, type Bytes } from '../store/bytes'
import { Changes } from '../store/changes'
import { Forms } from '../store/forms'
import { Items } from '../store/items'
import { enrolled, interview, type TestTablet } from '../sync/testing/tablet'
import { handoverFile, type About, type FileItem } from './format'
import { Handover } from './handover'

interface Vector {
  readonly about: About & { readonly v: number }
  readonly items: readonly { readonly cover: string; readonly body: string }[]
  readonly file: string
}

const VECTORS = fileURLToPath(new URL('../../../../tests/vectors/handover/files.json', import.meta.url))
const vector = JSON.parse(readFileSync(VECTORS, 'utf8')) as Vector

async function* given(items: Vector['items']): AsyncGenerator<FileItem> {
  for (const { cover, body } of items) {
    const bytes = fromB64u(body) ?? new Uint8Array()
    yield await Promise.resolve({
      cover: utf8(cover),
      size: bytes.length,
      read: (from, to) => Promise.resolve(bytes.slice(from, to)),
    })
  }
}

async function whole(pieces: AsyncIterable<Bytes>): Promise<Bytes> {
  const all: Bytes[] = []
  for await (const piece of pieces) all.push(piece)
  return join(all)
}

describe('the file', () => {
  const { study, device, at, count } = vector.about

  it('is byte by byte the one that the other implementation reads', async () => {
    expect(await whole(handoverFile({ study, device, at, count }, given(vector.items)))).toEqual(fromB64u(vector.file))
  })

  it('never says another number of items than it holds', async () => {
    const file = handoverFile({ study, device, at, count: count + 1 }, given(vector.items))
    await expect(whole(file)).rejects.toThrow(RangeError)
  })
})

class Written implements HandoverTarget {
  readonly pieces: Bytes[] = []
  state: 'open' | 'closed' | 'aborted' = 'open'

  constructor(private readonly breaksAt = Infinity) {}

  write(bytes: Bytes): Promise<void> {
    this.pieces.push(bytes.slice())
    return this.pieces.length >= this.breaksAt ? Promise.reject(new Error('full')) : Promise.resolve()
  }

  close(): Promise<void> {
    this.state = 'closed'
    return Promise.resolve()
  }

  abort(): Promise<void> {
    this.state = 'aborted'
    return Promise.resolve()
  }

  /** The parts of the items in the file, in their order. */
  parts(): string[] {
    const bytes = join(this.pieces)
    const items = bytes.slice(8 + fromU32(bytes, 4), bytes.length - 40)
    return [...readItems(items, { maxItems: 100, maxBody: bytes.length })].map(
      ({ cover }) => (JSON.parse(new TextDecoder().decode(cover)) as { part: string }).part,
    )
  }
}

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

const nothing = (): void => undefined
const large = (): Blob => new Blob([new Uint8Array(1_200_000)], { type: 'audio/webm' })

test('all that is not safe goes into the file, answers first, and stays here', async () => {
  await interview(own, 'recording', large())
  await interview(own, 'photo', new Blob(['photo'], { type: 'image/jpeg' }))
  const target = new Written()
  const told: number[] = []
  const plan = await own.tablet.handover.write(target, (bytes) => told.push(bytes))
  expect(target.state).toBe('closed')
  expect(target.parts()).toEqual(['record', 'record', 'a1', 'a1'])
  expect(told.at(-1)).toBe(join(target.pieces).length)
  expect(plan).toMatchObject({ parts: 4, left: 0 })
  expect(plan.name).toMatch(/^feldbuch-ruhr-2026-[a-z2-7]{8}-\d{8}T\d{6}Z\.fbh$/)
  expect(await own.database.items.count()).toBe(4)
  const finished = await own.tablet.outbox.list()
  expect(finished.map(({ whereabouts }) => whereabouts)).toEqual(['tablet', 'tablet'])
  expect(finished.every(({ handedOverAt }) => typeof handedOverAt === 'string')).toBe(true)
})

test('a receipt without a mark keeps a part in the file, one under the mark does not', async () => {
  await interview(own, 'a')
  await own.tablet.sync.round()
  expect(await own.tablet.handover.waiting()).toMatchObject([{ whereabouts: 'central' }])
  await own.central.makeMark(1)
  await own.tablet.sync.round()
  expect(await own.tablet.handover.waiting()).toEqual([])
  await expect(own.tablet.handover.write(new Written(), nothing)).rejects.toMatchObject({ code: 'handover.nothing' })
})

test('a file that could not be written whole marks nothing', async () => {
  await interview(own, 'a')
  const target = new Written(2)
  await expect(own.tablet.handover.write(target, nothing)).rejects.toThrow('full')
  expect(target.state).toBe('aborted')
  expect(await own.tablet.handover.waiting()).toMatchObject([{ handedOverAt: null }])
})

test('what does not fit goes into the next file; what this browser has lost holds up no other', async () => {
  for (const answer of ['a', 'b', 'c']) await interview(own, answer, new Blob(['photo']))
  const [lost] = await own.database.items.filter(({ part }) => part === 'a1').toArray()
  await own.database.covers.delete(lost?.hash ?? '')
  const { database } = own
  const means = [database, new Items(database), new Bodies(database), new Forms(database), new Changes(null)] as const
  const small = new Handover(...means, nothing, navigator.locks, () => new Date(), 30_000)
  const parts: string[][] = []
  for (let left = 1; left > 0; ) {
    const target = new Written()
    left = (await small.write(target, nothing)).left
    parts.push(target.parts())
  }
  expect(parts[0]).toEqual(['record', 'record'])
  expect(parts.flat().sort()).toEqual(['a1', 'a1', 'record', 'record', 'record'])
})

test('what a person sets aside is offered to no place until a person wants it again, and a file carries it', async () => {
  await interview(own, 'a')
  const [part] = await own.tablet.handover.waiting()
  await own.tablet.handover.setAside(part?.id ?? '')
  await own.tablet.sync.round()
  expect(own.central.held.size).toBe(0)
  expect(await own.tablet.handover.waiting()).toMatchObject([{ whereabouts: 'set_aside', code: 'item.aside', isAside: true }])
  const target = new Written()
  await own.tablet.handover.write(target, nothing)
  expect(target.parts()).toEqual(['record'])
  await own.tablet.handover.retry(part?.id ?? '')
  await own.tablet.sync.round()
  expect(own.central.held.size).toBe(1)
})

test('a refused part tells its place, its code and when it is offered again; a person need not wait', async () => {
  own.central.refused.set('record', 'intake.study')
  await interview(own, 'a')
  await own.tablet.sync.round()
  const [part] = await own.tablet.handover.waiting()
  expect(part).toMatchObject({ whereabouts: 'set_aside', code: 'intake.study', place: 'central', isAside: false })
  expect(Date.parse(part?.nextTry ?? '')).toBeGreaterThan(Date.now())
  own.central.refused.clear()
  await own.tablet.handover.retry(part?.id ?? '')
  await own.tablet.sync.round()
  expect(own.central.held.size).toBe(1)
})
