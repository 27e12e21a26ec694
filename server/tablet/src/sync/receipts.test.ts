import { beforeEach, expect, test } from 'vitest'

import { enrolled, interview, type TestTablet } from './testing/tablet'
import { TestCentral } from './testing/central'
import { Items } from '../store/items'
import { Receipts } from './receipts'
import { Trust } from './trust'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
  own.central.gives = false
  await interview(own, 'a')
  await own.tablet.sync.round()
})

async function where(): Promise<string | undefined> {
  return (await own.tablet.outbox.list())[0]?.whereabouts
}

function hash(): string {
  return [...own.central.held.keys()][0] ?? ''
}

test('without a receipt it is at the node, with one at central, under the mark safe', async () => {
  expect(await where()).toBe('node')
  await own.central.receipt(hash())
  await own.tablet.sync.round()
  expect(await where()).toBe('central')
  await own.central.makeMark(0)
  await own.tablet.sync.round()
  expect(await where()).toBe('central')
  await own.central.makeMark(1)
  await own.tablet.sync.round()
  expect(await where()).toBe('safe')
})

test('a mark of another epoch makes nothing safe, and a new epoch has everything offered again', async () => {
  await own.central.receipt(hash())
  await own.central.makeMark(0)
  await own.tablet.sync.round()
  expect(await where()).toBe('central')
  own.central.epoch = 'f'.repeat(32)
  own.central.receipts = []
  own.central.held.clear()
  own.central.gives = true
  await own.central.makeMark(5, '2026-11-24T05:00:00Z')
  await own.tablet.sync.round()
  expect(own.central.held.size).toBe(1)
  expect(await where()).toBe('safe')
  await own.central.makeMark(0, '2026-11-24T06:00:00Z')
  await own.tablet.sync.round()
  expect(await where(), 'a mark never goes back within its epoch').toBe('safe')
})

test('a clock of central that was wrong once does not hide the marks of the epoch in force', async () => {
  await own.central.makeMark(3, '2050-11-23T05:00:00Z')
  await own.tablet.sync.round()
  own.central.epoch = 'f'.repeat(32)
  await own.central.makeMark(1)
  await own.tablet.sync.round()
  expect(await own.database.get('mark')).toMatchObject({ epoch: 'f'.repeat(32), durableSeq: 1 })
})

test('a replayed mark of an older epoch does not take the place of the newer one', async () => {
  const old = await own.central.makeMark(9)
  await own.tablet.sync.round()
  own.central.epoch = 'f'.repeat(32)
  await own.central.makeMark(1, '2026-11-24T05:00:00Z')
  await own.tablet.sync.round()
  own.central.mark = old
  await own.tablet.sync.round()
  expect(await own.database.get('mark')).toMatchObject({ epoch: 'f'.repeat(32), durableSeq: 1 })
})

test('an epoch that was followed by another one never comes back, whatever the clocks said and whoever says it', async () => {
  const [first, second] = [own.central.epoch, 'f'.repeat(32)]
  const ofFirst = await own.central.makeMark(9, '2050-01-01T00:00:00Z')
  await own.central.makeMark(1, '2026-11-23T05:00:00Z')
  await own.tablet.sync.round()
  own.central.epoch = second
  const ofSecond = await own.central.makeMark(1, '2026-11-24T05:00:00Z')
  await own.tablet.sync.round()
  own.central.mark = ofFirst
  await own.tablet.sync.round()
  expect(await own.database.get('mark')).toMatchObject({ epoch: second })
  // Somebody copied the old database over the new one.
  own.central.epoch = first
  await own.tablet.sync.round()
  expect(await own.database.get('epoch')).toBe(second)
  expect(await own.database.get('mark')).toMatchObject({ epoch: second })
  own.central.epoch = second
  own.central.mark = ofSecond
  await own.tablet.sync.round()
  expect(await own.database.get('epoch')).toBe(second)
})

test('a mark through a node alone ends the epoch before, and no later one of that takes its place', async () => {
  const { pinned = '', study = '' } = (await own.database.get('enrolled')) ?? {}
  const receipts = new Receipts(own.database, new Items(own.database), new Trust(pinned, study))
  const late = await own.central.makeMark(9, '2050-01-01T00:00:00Z')
  await receipts.takeMark(await own.central.makeMark(1, '2026-11-23T05:00:00Z'))
  await own.database.drop('epoch')
  own.central.epoch = 'f'.repeat(32)
  await receipts.takeMark(await own.central.makeMark(4, '2026-11-24T05:00:00Z'))
  await receipts.takeMark(late)
  expect(await own.database.get('mark')).toMatchObject({ epoch: 'f'.repeat(32), durableSeq: 4 })
  expect(await own.database.get('highestReceipt')).toEqual({ epoch: 'f'.repeat(32), seq: 4 })
})

test('the highest receipt is shown in the next hello as it was signed, also where a mark goes beyond it', async () => {
  const receipt = await own.central.receipt(hash())
  own.central.receipts = [receipt]
  own.central.mark = await own.central.makeMark(9)
  await own.tablet.sync.round()
  await own.tablet.sync.round()
  expect(own.central.hellos.at(-1)?.['highest_receipt']).toEqual({ epoch: own.central.epoch, seq: 9, receipt })
})

test.each(['cover_hash', 'body_hash'])('a genuine receipt with another %s is not ours', async (key) => {
  const { signature: _, ...receipt } = await own.central.receipt(hash())
  own.central.receipts = [await own.central.sign('feldbuch/1/receipt', { ...receipt, [key]: '0'.repeat(64) })]
  expect((await own.tablet.sync.round()).alarm).toBeNull()
  expect(await where()).toBe('node')
})

test('a receipt or mark that central did not sign is an alarm and counts for nothing', async () => {
  const other = await TestCentral.create()
  const { signature: _, ...receipt } = await own.central.receipt(hash())
  own.central.receipts = [await other.sign('feldbuch/1/receipt', receipt)]
  expect((await own.tablet.sync.round()).alarm).toBe('feed.broken')
  expect(await where()).toBe('node')
  own.central.mark = await other.makeMark(5)
  own.central.receipts = []
  expect((await own.tablet.sync.round()).alarm).toBe('feed.broken')
  expect(await own.database.get('mark')).toBeUndefined()
})

test.each(['quarantined', 'conflict'])('a receipt that says %s is shown, even under the mark; a later one sets it right', async (state) => {
  await own.central.receipt(hash(), state)
  await own.central.makeMark(5)
  await own.tablet.sync.round()
  expect(await where()).toBe(state)
  await own.central.receipt(hash())
  await own.tablet.sync.round()
  expect(await where()).toBe('safe')
})

test('an older receipt that comes late changes nothing', async () => {
  const first = await own.central.receipt(hash(), 'quarantined')
  await own.central.receipt(hash())
  await own.tablet.sync.round()
  own.central.receipts.push(first)
  await own.tablet.sync.round()
  expect(await where()).toBe('central')
})

test('an instance is not safe when a part of it cannot be found', async () => {
  const instance = await interview(own, 'b', new Blob(['picture']))
  own.central.gives = true
  await own.tablet.sync.round()
  for (const held of own.central.held.keys()) await own.central.receipt(held)
  await own.central.makeMark(99)
  await own.tablet.sync.round()
  const state = async (): Promise<string | undefined> =>
    (await own.tablet.outbox.list()).find((each) => each.instance === instance)?.whereabouts
  expect(await state()).toBe('safe')
  await own.database.items.where({ instance, part: 'a1' }).delete()
  expect(await state()).toBe('tablet')
  await own.database.items.where({ instance }).delete()
  expect(await state()).toBe('tablet')
})
