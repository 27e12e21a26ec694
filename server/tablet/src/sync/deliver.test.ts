import { beforeEach, expect, test, vi } from 'vitest'

import { randomBytes } from '../store/bytes'
import { enrolled, interview, type TestTablet } from './testing/tablet'
import { failure, json, URL_OF_CENTRAL, URL_OF_NODE, type Fault } from './testing/central'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

async function whereabouts(): Promise<string[]> {
  return (await own.tablet.outbox.list()).map((each) => each.whereabouts)
}

/** Lets the first `times` calls that `match` names fail in this way. */
function failing(match: string, times: number, how: () => ReturnType<Fault>): void {
  let left = times
  own.central.fault = (path, init) => {
    if (!`${init.method} ${path}`.startsWith(match) || left === 0) return undefined
    left -= 1
    return how()
  }
}

function large(): Blob {
  return new Blob([...Array<Uint8Array<ArrayBuffer>>(24).fill(randomBytes(50_000))], { type: 'audio/webm' })
}

test('what is finished arrives whole, records before photos before recordings', async () => {
  await interview(own, 'recording', large())
  await interview(own, 'photo', new Blob(['photo'], { type: 'image/jpeg' }))
  await interview(own, 'alone')
  const status = await own.tablet.sync.round()
  expect(status).toMatchObject({ phase: 'idle', problem: null, alarm: null, lastPlace: 'central' })
  expect(status.lastContact).not.toBeNull()
  expect(own.central.batches).toEqual([['record', 'record', 'record', 'a1']])
  expect(own.central.held.size).toBe(5)
  expect(await whereabouts()).toEqual(['central', 'central', 'central'])
  expect(await own.database.items.count()).toBe(5)
})

test('nothing is sent again that a place has kept', async () => {
  await interview(own, 'a', large())
  await own.tablet.sync.round()
  own.central.calls.length = 0
  await own.tablet.sync.round()
  expect(own.central.calls.filter((call) => /offer|batch|files/.test(call))).toEqual([])
})

test('a lost answer costs one more offer, and nothing arrives twice', async () => {
  await interview(own, 'a')
  let dropped = false
  own.central.fault = async (path, init) => {
    if (path !== '/sync/batch' || dropped) return undefined
    dropped = true
    own.central.fault = () => undefined
    await own.central.fetch(`${URL_OF_CENTRAL}${path}`, init)
    return 'drop'
  }
  expect((await own.tablet.sync.round()).problem).toBe('network.unreachable')
  expect(await whereabouts()).toEqual(['tablet'])
  expect((await own.tablet.sync.round()).problem).toBeNull()
  expect(own.central.batches).toHaveLength(1)
  expect(await whereabouts()).toEqual(['central'])
})

test.each([
  [503, 'server.busy', 'sync.pause'],
  [429, 'server.busy', 'sync.pause'],
  [507, 'storage.full', 'place.full'],
  [500, 'server.fault', 'server.fault'],
])('a place that answers %i keeps everything here and is asked again later', async (code, name, problem) => {
  await interview(own, 'a')
  failing('POST /sync/batch', 1, () => failure(code, name, { 'Retry-After': '7' }))
  expect((await own.tablet.sync.round()).problem).toBe(problem)
  expect(await whereabouts()).toEqual(['tablet'])
  own.central.calls.length = 0
  expect((await own.tablet.sync.round()).problem, 'asked to wait').toBe(problem)
  expect(own.central.calls).toEqual([])
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 7_000)
  await own.tablet.sync.round()
  expect(await whereabouts()).toEqual(['central'])
})

test('one refused item is set aside with its code, and stops neither the others nor itself for ever', async () => {
  own.central.refused.set('a1', 'envelope.body.hash')
  await interview(own, 'a', new Blob(['photo']))
  await interview(own, 'b')
  expect((await own.tablet.sync.round()).problem).toBeNull()
  const [second, first] = await own.tablet.outbox.list()
  expect(first).toMatchObject({ whereabouts: 'set_aside', code: 'envelope.body.hash' })
  expect(second).toMatchObject({ whereabouts: 'central', code: null })
  own.central.refused.clear()
  await own.tablet.sync.round()
  expect(await whereabouts()).toEqual(['central', 'set_aside'])
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
  await own.tablet.sync.round()
  expect(await whereabouts()).toEqual(['central', 'central'])
})

test('a batch that is refused whole is sent item by item, so that only the culprit stays', async () => {
  for (const answer of ['a', 'b', 'c']) await interview(own, answer)
  const [culprit] = await own.database.items.toArray()
  const name = culprit?.instance ?? ''
  own.central.fault = async (path, init) => {
    if (path !== '/sync/batch') return undefined
    const bytes = Buffer.from(await new Response(init.body as Blob).arrayBuffer())
    return bytes.includes(name) ? failure(422, 'envelope.item.malformed') : undefined
  }
  await own.tablet.sync.round()
  expect((await whereabouts()).sort()).toEqual(['central', 'central', 'set_aside'])
})

test('a place without room for an item sets nothing aside', async () => {
  own.central.refused.set('record', 'intake.quota.device')
  await interview(own, 'a')
  expect((await own.tablet.sync.round()).problem).toBe('sync.pause')
  expect(await whereabouts()).toEqual(['tablet'])
})

test('an upload goes on where the place says it stands', async () => {
  await interview(own, 'a', large())
  failing('PATCH', 0, () => 'drop')
  let patches = 0
  own.central.fault = (_, init) => {
    if (init.method !== 'PATCH') return undefined
    patches += 1
    return patches === 8 ? 'drop' : undefined
  }
  await own.tablet.sync.round()
  expect(await whereabouts()).toEqual(['tablet'])
  expect([...own.central.uploads.values()].map((upload) => upload.bytes.length)).toEqual([7 * 65536])
  await own.tablet.sync.round()
  expect(patches).toBe(8 + Math.ceil(1_200_000 / 65536) - 7)
  expect(await whereabouts()).toEqual(['central'])
})

test('an upload whose last answer was lost is not sent again', async () => {
  await interview(own, 'a', large())
  const { fetch } = own.central
  own.central.fault = async (path, init) => {
    const [upload] = own.central.uploads.values()
    if (init.method !== 'PATCH' || upload === undefined || upload.size - upload.bytes.length > 65536) return undefined
    own.central.fault = () => undefined
    await fetch(`${URL_OF_CENTRAL}${path}`, init)
    return 'drop'
  }
  await own.tablet.sync.round()
  expect(await whereabouts()).toEqual(['tablet'])
  own.central.calls.length = 0
  await own.tablet.sync.round()
  expect(own.central.calls.filter((call) => call.startsWith('PATCH'))).toEqual([])
  expect(await whereabouts()).toEqual(['central'])
})

test('a session that ran out is opened anew in the middle of a round', async () => {
  await interview(own, 'a')
  failing('POST /sync/offer', 1, () => failure(401, 'session.expired'))
  expect((await own.tablet.sync.round()).problem).toBeNull()
  expect(await whereabouts()).toEqual(['central'])
})

test('a revoked tablet still delivers, and says that it is revoked', async () => {
  own.central.standing = 'revoked'
  await interview(own, 'a')
  expect((await own.tablet.sync.round()).problem).toBe('device.revoked')
  expect(own.central.held.size).toBe(1)
})

test('a node of the own site comes before central; without an answer central serves', async () => {
  const node = (id: string, url: string, sites: string[]) =>
    own.central.append('study', 'node', { id, key: 'k', url, sites, devices_at_most: 50, until: '2027-01-01T00:00:00Z' })
  await node('elsewhere', 'https://elsewhere.example', ['bochum'])
  await node('node1', `${URL_OF_NODE}/`, ['gelsenkirchen'])
  await own.tablet.sync.round()
  const origins: string[] = []
  let nodeAnswers = true
  own.central.gives = false
  own.central.fault = (_, __, origin) => {
    origins.push(origin)
    return origin === URL_OF_NODE && !nodeAnswers ? 'drop' : undefined
  }
  await interview(own, 'a')
  expect(await own.tablet.sync.round()).toMatchObject({ lastPlace: 'node1', problem: null })
  expect(new Set(origins)).toEqual(new Set([URL_OF_NODE]))
  expect(await whereabouts()).toEqual(['node'])
  nodeAnswers = false
  own.central.gives = true
  await interview(own, 'b')
  expect(await own.tablet.sync.round()).toMatchObject({ lastPlace: 'central', problem: null })
  expect((await whereabouts())[0]).toBe('central')
})

test('a node that has forwarded nothing for a day is not the only one to be asked', async () => {
  await own.central.append('study', 'node', { id: 'node1', key: 'k', url: URL_OF_NODE, sites: ['gelsenkirchen'], devices_at_most: 1, until: 'x' })
  await own.tablet.sync.round()
  await own.database.places.update('central', { lastContact: '2020-01-01T00:00:00.000Z' })
  const origins = new Set<string>()
  own.central.fault = (_, __, origin) => void origins.add(origin)
  await own.tablet.sync.round()
  expect(origins).toEqual(new Set([URL_OF_NODE, URL_OF_CENTRAL]))
})

test.each([
  ['another place', json({ v: 1, id: 'other', study: 'ruhr-2026', challenge: 'c' }), 'place.foreign'],
  ['a page of a hotel', new Response('<html>Welcome</html>'), 'place.malformed'],
])('%s under the address is not talked to', async (_, answer, problem) => {
  await interview(own, 'a')
  failing('GET /sync/hello', 1, () => answer)
  own.central.calls.length = 0
  expect((await own.tablet.sync.round()).problem).toBe(problem)
  expect(own.central.calls).toEqual(['GET /sync/hello'])
})

test('the hello says by numbers where everything is, and its sequence grows', async () => {
  await interview(own, 'a')
  await own.tablet.sync.round()
  await interview(own, 'b')
  await own.tablet.sync.round()
  const [before, last] = own.central.hellos.slice(-2)
  expect(last?.['counts']).toMatchObject({ drafts: 0, finished: 2, unsent: 1, receipted: 1, safe: 0, highest_number: 2, storage_used: 10 })
  const shown = own.central.receipts.find((receipt) => receipt['seq'] === 1)
  expect(last?.['highest_receipt']).toEqual({ epoch: own.central.epoch, seq: 1, receipt: shown })
  expect(Number(last?.['sequence'])).toBeGreaterThan(Number(before?.['sequence']))
})
