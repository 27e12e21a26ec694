import { beforeEach, expect, test } from 'vitest'

import type { DeliveryProgress } from '../services'
import { randomBytes } from '../store/bytes'
import { secondsAhead } from './clock'
import { thriftOf, type Connection } from './link'
import { enrolled, interview, type TestTablet } from './testing/tablet'
import { failure } from './testing/central'

let own: TestTablet
let line: { saveData?: boolean; type?: string; effectiveType?: string }

beforeEach(async () => {
  line = {}
  own = await enrolled({ connection: line })
})

const recording = (): Blob => new Blob([...Array<Uint8Array<ArrayBuffer>>(24).fill(randomBytes(50_000))], { type: 'audio/webm' })
const photo = (): Blob => new Blob(['photo'], { type: 'image/jpeg' })

async function heldParts(): Promise<string[]> {
  const held = [...own.central.held.keys()]
  const items = new Map((await own.database.items.toArray()).map(({ hash, part }) => [hash, part]))
  return held.map((hash) => items.get(hash) ?? '')
}

test.each<[Connection | undefined, string | null]>([
  [undefined, null],
  [{}, null],
  [{ type: 'wifi', effectiveType: '4g' }, null],
  [{ type: 'cellular', effectiveType: '4g' }, 'metered'],
  [{ saveData: true, type: 'wifi' }, 'metered'],
  [{ effectiveType: '2g' }, 'weak'],
  [{ effectiveType: 'slow-2g' }, 'weak'],
  [{ effectiveType: '3g' }, null],
])('a line of %j is %s', (connection, thrift) => {
  expect(thriftOf(connection)).toBe(thrift)
})

test('on a metered line answers go and media wait, which is said; a person may send them all the same', async () => {
  line.type = 'cellular'
  await interview(own, 'a', photo())
  await interview(own, 'b', recording())
  const status = await own.tablet.sync.round()
  expect(await heldParts()).toEqual(['record', 'record'])
  expect(status).toMatchObject({ problem: null, heldBack: { reason: 'metered', parts: 2 } })
  const forced = await own.tablet.sync.round({ media: true })
  expect(own.central.held.size).toBe(4)
  expect(forced.heldBack).toBeNull()
  await interview(own, 'c', photo())
  expect((await own.tablet.sync.round()).heldBack, 'the word of a person holds for one round').toMatchObject({ parts: 1 })
})

test('a line that becomes metered pauses a large upload where it stands, and a better one goes on there', async () => {
  await interview(own, 'a', recording())
  own.central.fault = (_, init) => {
    if (init.method === 'PATCH') line.saveData = true
    return undefined
  }
  expect((await own.tablet.sync.round()).heldBack).toMatchObject({ reason: 'metered', parts: 1 })
  const [upload] = own.central.uploads.values()
  expect(upload?.bytes.length).toBe(65536)
  own.central.fault = () => undefined
  line.saveData = false
  await own.tablet.sync.round()
  expect(own.central.held.size).toBe(2)
})

test('what is finished during a long upload goes before the rest of it', async () => {
  await interview(own, 'a', recording())
  own.tablet.sync.start(3600)
  own.tablet.sync.stop()
  let finished = false
  own.central.fault = async (_, init) => {
    if (init.method === 'PATCH' && !finished) {
      finished = true
      await interview(own, 'b', photo())
    }
    return undefined
  }
  await own.tablet.sync.round()
  expect(await heldParts()).toEqual(['record', 'record', 'a1', 'a1'])
  const calls = own.central.calls.filter((call) => /batch|PATCH/.test(call))
  expect(calls[1], 'between two pieces').toMatch(/^PATCH/)
  expect(calls[2]).toBe('POST /sync/batch')
})

test('an item over which the place breaks down holds up no other, and is asked for again', async () => {
  for (const answer of ['a', 'b', 'c']) await interview(own, answer)
  const [culprit] = await own.database.items.toArray()
  own.central.fault = async (path, init) => {
    if (path !== '/sync/batch') return undefined
    const bytes = Buffer.from(await new Response(init.body as Blob).arrayBuffer())
    return bytes.includes(culprit?.instance ?? '') ? failure(500, 'server.fault') : undefined
  }
  expect((await own.tablet.sync.round()).problem).toBe('server.fault')
  expect(own.central.held.size).toBe(2)
  own.central.fault = () => undefined
  await own.tablet.sync.round()
  expect(own.central.held.size).toBe(3)
})

test('an item that always breaks the line goes alone and last after two tries', async () => {
  for (const answer of ['a', 'b', 'c']) await interview(own, answer, photo())
  const [culprit] = await own.database.items.toArray()
  own.central.fault = async (path, init) => {
    if (path !== '/sync/batch') return undefined
    const bytes = Buffer.from(await new Response(init.body as Blob).arrayBuffer())
    return bytes.includes(culprit?.bodyHash ?? '') ? 'drop' : undefined
  }
  for (let round = 0; round < 4; round += 1) await own.tablet.sync.round()
  expect(own.central.held.size).toBe(5)
})

test('an item that this browser has lost is set aside, and the others go', async () => {
  for (const answer of ['a', 'b']) await interview(own, answer)
  const [lost] = await own.database.items.toArray()
  await own.database.covers.delete(lost?.hash ?? '')
  await own.tablet.sync.round()
  expect(own.central.held.size).toBe(1)
  const codes = (await own.tablet.outbox.list()).map(({ code }) => code)
  expect(codes.sort()).toEqual([null, 'storage.lost'].sort())
})

test('a large item for which there is no room now does not hold up a smaller one', async () => {
  await interview(own, 'a', recording())
  await interview(own, 'b', recording())
  let first = true
  own.central.fault = (path, init) => {
    if (init.method !== 'POST' || path !== '/sync/files' || !first) return undefined
    first = false
    return failure(429, 'intake.quota.device')
  }
  expect((await own.tablet.sync.round()).problem).toBe('sync.pause')
  expect(await heldParts()).toEqual(['record', 'record', 'a1'])
})

test('progress grows to the whole, in parts and bytes', async () => {
  await interview(own, 'a', recording())
  const seen: DeliveryProgress[] = []
  const end = own.tablet.subscribe(() => {
    const { progress } = own.tablet.sync.status()
    if (progress !== null && progress !== undefined) seen.push(progress)
  })
  await own.tablet.sync.round()
  end()
  expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).sort((a, b) => a - b))
  expect(seen.at(-1)).toMatchObject({ parts: 2, ofParts: 2, bytes: seen.at(-1)?.ofBytes })
  expect(own.tablet.sync.status().progress).toBeNull()
})

const NOON = Date.parse('2026-11-23T12:00:00Z')

test.each([
  [null, null],
  ['nonsense', null],
  [new Date(NOON).toUTCString(), 0],
  [new Date(NOON - 3_600_000).toUTCString(), 3600],
  [new Date(NOON + 7_200_000).toUTCString(), -7200],
])('a place that says %s', (header, seconds) => {
  expect(secondsAhead(header, NOON, NOON + 400)).toBe(seconds)
})

test('a clock that is behind what central has dated is told without any contact', async () => {
  await own.central.makeMark(1, new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z'))
  await own.tablet.sync.round()
  own.central.fault = () => 'drop'
  const { problem, clockAhead } = await own.tablet.sync.round()
  expect(problem).toBe('network.unreachable')
  expect(Math.abs((clockAhead ?? 0) + 3600)).toBeLessThan(60)
})
