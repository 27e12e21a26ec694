import { beforeEach, expect, test } from 'vitest'

import type { JsonObject } from '../envelope'
import { enrolled, type TestTablet } from './testing/tablet'
import { json, TestCentral } from './testing/central'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

/** Lets the place answer the next feed with these entries. */
function answers(entries: readonly JsonObject[]): void {
  own.central.fault = (path) => (path === '/sync/feed' ? json({ entries: [...entries], more: false }) : undefined)
}

async function forms(): Promise<string[]> {
  return (await own.tablet.forms.current()).map((form) => form.id)
}

test('a new version takes the place of the old one, which can still be loaded', async () => {
  const before = own.form.version
  const after = await own.central.publish('household', '{"v":2}')
  await own.tablet.sync.round()
  expect((await own.tablet.forms.current()).map((form) => form.version)).toEqual([after])
  expect((await own.tablet.forms.load(before)).definition).toEqual({ v: 1 })
  expect(await own.tablet.forms.load(after)).toMatchObject({ definition: { v: 2 }, xform: '<h:html>{"v":2}</h:html>', languages: ['de', 'bg'] })
  await expect(own.tablet.forms.load('0'.repeat(64))).rejects.toMatchObject({ code: 'form.unknown' })
})

test('a version whose contents did not come is not offered; the one before it is', async () => {
  own.central.fault = (path) => (path.startsWith('/sync/content/') ? 'drop' : undefined)
  const after = await own.central.publish('household', '{"v":2}')
  await own.tablet.sync.round()
  expect((await own.tablet.forms.current()).map((form) => form.version)).toEqual([own.form.version])
  own.central.fault = () => undefined
  await own.tablet.sync.round()
  expect((await own.tablet.forms.current()).map((form) => form.version)).toEqual([after])
})

test('a content with another hash is an alarm and is not kept', async () => {
  own.central.fault = (path) => (path.startsWith('/sync/content/') ? new Response('{"v":3}') : undefined)
  await own.central.publish('household', '{"v":2}')
  expect((await own.tablet.sync.round()).alarm).toBe('feed.broken')
  expect((await own.tablet.forms.current()).map((form) => form.version)).toEqual([own.form.version])
})

test.each<[string, string, (entries: JsonObject[], own: TestTablet) => Promise<JsonObject[]>, string[]]>([
  ['altered', 'feed.signature', ([first, ...rest]) => Promise.resolve([{ ...first, at: '2027-01-01T00:00:00Z' }, ...rest]), ['household']],
  ['altered at the end', 'feed.signature', ([first = {}, second]) => Promise.resolve([first, { ...second, kind: 'x' }]), ['household', 'second']],
  ['reordered', 'feed.gap', (entries) => Promise.resolve(entries.toReversed()), ['household']],
  ['withheld', 'feed.gap', (entries) => Promise.resolve(entries.slice(1)), ['household']],
  ['not central', 'feed.signature', foreign, ['household']],
  ['signed twice', 'feed.fork', forked, ['household']],
  ['without its predecessor', 'feed.previous', cut, ['household']],
])('entries that are %s raise an alarm, and what was there stays', async (_, code, spoil, expected) => {
  const number = own.central.chains.get('study')?.length ?? 0
  await own.central.publish('second', '{"second":1}')
  await own.central.publish('third', '{"third":1}')
  const entries = own.central.chains.get('study')?.slice(number) ?? []
  answers(await spoil(entries, own))
  expect((await own.tablet.sync.round()).alarm).toBe('feed.broken')
  expect((await own.database.places.get('central'))?.alarm).toBe(code)
  own.central.fault = () => undefined
  const kept = (await own.database.feed.where('kind').equals('form').toArray()).map((row) => row.body['id'])
  expect(kept).toEqual(expected)
  // The genuine feed heals it.
  expect((await own.tablet.sync.round()).alarm).toBeNull()
  expect(await forms()).toEqual(['household', 'second', 'third'])
})

async function foreign(entries: JsonObject[]): Promise<JsonObject[]> {
  const other = await TestCentral.create()
  return Promise.all(entries.map(({ signature: _, ...entry }) => other.sign('feldbuch/1/feed', entry)))
}

async function forked(_: JsonObject[], { central }: TestTablet): Promise<JsonObject[]> {
  const { signature: __, ...first } = central.chains.get('study')?.[0] ?? {}
  return [await central.sign('feldbuch/1/feed', { ...first, at: '2027-01-01T00:00:00Z' })]
}

async function cut([entry = {}]: JsonObject[], { central }: TestTablet): Promise<JsonObject[]> {
  const { signature: _, ...first } = entry
  return [await central.sign('feldbuch/1/feed', { ...first, previous: '0'.repeat(64) })]
}

test("another device's chain, relayed by a place, is not taken in", async () => {
  const entry = await own.central.append('device:other', 'intake_key', { device: 'other', key: 'x', period: 1, public: 'x' })
  answers([entry])
  expect((await own.tablet.sync.round()).alarm).toBeNull()
  expect(await own.database.feed.where('[chain+number]').equals(['device:other', 1]).count()).toBe(0)
})

test('nothing is asked of the feed by a tablet that the place does not know', async () => {
  own.central.standing = 'unknown'
  own.central.calls.length = 0
  expect(await own.tablet.sync.round()).toMatchObject({ problem: null, alarm: null })
  expect(own.central.calls).not.toContain('POST /sync/feed')
})
