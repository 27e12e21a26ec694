import { beforeEach, expect, test } from 'vitest'

import { Items } from '../store/items'
import { queueAgain } from '../store/queue_again'
import type { ItemRow } from '../store/database'
import { remember, remembered } from './places'
import type { TestCentral } from './testing/central'
import { enrolled, interview, type TestTablet } from './testing/tablet'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
  own.central.capabilities = ['batch', 'tus', 'reconcile']
  for (const answer of ['a', 'b', 'c']) await interview(own, answer)
  await own.tablet.sync.round()
})

/** The next round compares. */
async function due(): Promise<void> {
  const { compared } = await remembered(own.database, 'central')
  if (compared !== undefined) await remember(own.database, 'central', { compared: { ...compared, at: '2020-01-01T00:00:00.000Z' } })
}

async function hashes(): Promise<string[]> {
  return (await own.database.items.toArray()).map(({ hash }) => hash)
}

function told(central: TestCentral): Record<string, unknown> {
  const { by, compared, lost, again, missing, surplus, complete } = central.compared.at(-1) ?? {}
  return { by, compared, lost, again, missing, surplus, complete }
}

const NOTHING = { by: 'schedule', compared: 3, lost: 0, again: 0, missing: 0, surplus: 0, complete: true }

test('sets that agree cost one question a day and one word', async () => {
  expect(own.central.calls.filter((call) => call.includes('reconcile'))).toEqual(['POST /sync/reconcile', 'POST /sync/reconcile/found'])
  expect(told(own.central)).toEqual(NOTHING)
  await own.tablet.sync.round()
  expect(own.central.compared.length).toBe(1)
})

test('what central has lost is queued again, delivered in the same round, and told', async () => {
  const [lost = ''] = await hashes()
  own.central.held.delete(lost)
  await due()
  await own.tablet.sync.round()
  expect(own.central.held.has(lost)).toBe(true)
  expect(told(own.central)).toEqual({ ...NOTHING, compared: 2, missing: 1 })
  expect(own.central.compared.at(-1)?.['items']).toMatchObject([{ kind: 'missing', hash: lost, part: 'record' }])
  const item = (await own.database.items.toArray()).find(({ hash }) => hash === lost)
  expect(item?.receipts[own.central.epoch]?.seq).toBe(4)
  // It does not keep what it acknowledges.
  own.central.held.delete(lost)
  await due()
  await own.tablet.sync.round()
  expect(told(own.central)).toEqual({ ...NOTHING, compared: 2, again: 1 })
  expect(own.central.held.size).toBe(3)
})

test('what central has and this tablet does not know is told once and remembered', async () => {
  own.central.elsewhere.add('f'.repeat(64))
  await due()
  await own.tablet.sync.round()
  expect(told(own.central)).toEqual({ ...NOTHING, compared: 4, surplus: 1 })
  expect(own.central.compared.at(-1)?.['items']).toEqual([
    { kind: 'surplus', hash: 'f'.repeat(64), instance: 'uuid:lost', part: 'record' },
  ])
  await due()
  await own.tablet.sync.round()
  expect(told(own.central)).toEqual({ ...NOTHING, compared: 4 })
  own.central.elsewhere.clear()
  await due()
  await own.tablet.sync.round()
  expect(told(own.central)).toEqual({ ...NOTHING, lost: 1 })
})

test('what central lacks and is gone here is told as lost, and its receipt stays', async () => {
  const [item] = await own.database.items.toArray()
  if (item === undefined) throw new Error('no item')
  own.central.held.delete(item.hash)
  await own.database.bodies.where('[body+index]').equals([item.body, 0]).delete()
  await due()
  await own.tablet.sync.round()
  expect(told(own.central)).toEqual({ ...NOTHING, compared: 2, lost: 1 })
  expect((await own.database.items.get(item.id))?.receipts).toEqual(item.receipts)
})

test('an old receipt that somebody relays says nothing while central lacks the item', async () => {
  const { epoch } = own.central
  // An interview, lost at central before its bytes went; there is no room for it now.
  const instance = await interview(own, 'd')
  await own.tablet.sync.round()
  const fourth = (await own.database.items.where('instance').equals(instance).first())?.hash ?? ''
  const old = own.central.receipts.find((receipt) => receipt['cover_hash'] === fourth)
  own.central.held.delete(fourth)
  await due()
  own.central.refused.set('record', 'intake.quota.device')
  await own.tablet.sync.round()
  const row = async (): Promise<ItemRow | undefined> => own.database.items.where('instance').equals(instance).first()
  expect(await row()).toMatchObject({ receipts: {}, lacked: { epoch, seq: 4 } })
  // It comes by another way, with a mark that covers it.
  await own.central.makeMark(4)
  await remember(own.database, 'central', { cursor: 0 })
  expect(own.central.receipts).toContain(old)
  await own.tablet.sync.round()
  expect((await row())?.receipts).toEqual({})
  expect((await row())?.pruned).toBeUndefined()
  own.central.refused.clear()
  await own.tablet.sync.round()
  expect(own.central.held.has(fourth)).toBe(true)
  expect((await row())?.receipts[epoch]?.seq).toBe(5)
  expect((await row())?.lacked).toBeUndefined()
})

test('a node takes back its own word, and nothing that central signed', async () => {
  const [item] = await own.database.items.toArray()
  if (item === undefined) throw new Error('no item')
  const word = { state: 'held', code: null, epoch: null, refusals: 0, retryAt: 0 } as const
  await own.database.items.update(item.id, { acknowledged: { node1: word, central: word } })
  await queueAgain(own.database, [item.hash], 'node1', null)
  const after = await own.database.items.get(item.id)
  expect(after?.acknowledged).toEqual({ central: word })
  expect(after?.receipts).toEqual(item.receipts)
})

test('what a node lacks is brought there again once a new epoch is known that says nothing of it', async () => {
  const items = new Items(own.database)
  const [item] = await own.database.items.toArray()
  if (item === undefined) throw new Error('no item')
  const word = { state: 'held', code: null, epoch: null, refusals: 0, retryAt: 0 } as const
  await own.database.items.update(item.id, { acknowledged: { node1: word } })
  await own.database.put('epoch', 'f'.repeat(32))
  const pending = async (): Promise<boolean> => (await items.pending('node1', null)).some(({ id }) => id === item.id)
  expect(await pending(), 'the node keeps it').toBe(false)
  await queueAgain(own.database, [item.hash], 'node1', null)
  expect(await pending()).toBe(true)
  const [said] = Object.values(item.receipts)
  if (said === undefined) throw new Error('no receipt')
  await own.database.items.update(item.id, { receipts: { ...item.receipts, ['f'.repeat(32)]: said } })
  expect(await pending(), 'central holds it').toBe(false)
})

test('whatever a place answers, a round goes on and nothing changes', async () => {
  const before = await own.database.items.toArray()
  for (const answer of ['{}', '{"parts":[]}', '{"parts":[{"prefix":"","count":1,"hashes":["x"]}]}', 'nonsense']) {
    own.central.fault = (path) => (path === '/sync/reconcile' ? new Response(answer) : undefined)
    await due()
    expect((await own.tablet.sync.round()).problem).toBeNull()
    expect(await own.database.items.toArray()).toEqual(before)
  }
  own.central.fault = (path) => (path.startsWith('/sync/reconcile') ? 'drop' : undefined)
  await due()
  expect((await own.tablet.sync.round()).problem).toBeNull()
  // It is still due: the next round does it.
  own.central.fault = () => undefined
  const compared = own.central.compared.length
  await own.tablet.sync.round()
  expect(own.central.compared.length).toBe(compared + 1)
  expect(told(own.central)).toEqual(NOTHING)
})
