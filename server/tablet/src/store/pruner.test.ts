import { beforeEach, describe, expect, test } from 'vitest'

import { signDocument, signerOf, type JsonObject } from '../envelope'
import { MemoryFiles } from '../recording/testing/files'
import { TestCentral, URL_OF_CENTRAL, URL_OF_NODE } from '../sync/testing/central'
import { enrolled, interview, type TestTablet } from '../sync/testing/tablet'
import type { ItemRow } from './database'
import { Pruner } from './pruner'
import { whileStaging } from './staging'

const LATER = '2026-11-24T05:00:00Z'
const PHOTO = new Blob([new Uint8Array(100_000)])

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
  own.central.gives = false
})

/** Central has all of it, and has backed it up. */
async function durable(at?: string): Promise<void> {
  await own.tablet.sync.round()
  const known = new Set(own.central.receipts.map((receipt) => receipt['cover_hash']))
  for (const hash of own.central.held.keys()) if (!known.has(hash)) await own.central.receipt(hash)
  await own.central.makeMark(own.central.receipts.length, at)
}

async function rows(): Promise<readonly ItemRow[]> {
  return own.database.items.orderBy('number').toArray()
}

async function kept(): Promise<readonly string[]> {
  return (await rows()).filter(({ pruned }) => pruned === undefined).map(({ part }) => part)
}

/** No row promises bytes that are gone, and no bytes lie about. */
async function isWhole(): Promise<boolean> {
  const promised = (await rows()).filter(({ pruned }) => pruned === undefined)
  const bodies = new Set((await own.database.bodies.toCollection().primaryKeys()).map(([body]) => body))
  const covers = new Set(await own.database.covers.toCollection().primaryKeys())
  const stands = promised.every(({ body, hash }) => bodies.has(body) && covers.has(hash))
  return stands && bodies.size === promised.length && covers.size === promised.length
}

async function where(): Promise<readonly string[]> {
  return (await own.tablet.outbox.list()).map(({ whereabouts, code }) => (code === null ? whereabouts : `${whereabouts} ${code}`))
}

async function prune(): Promise<number> {
  return new Pruner(own.database, null, navigator.locks).prune()
}

test('the bytes of what is durable go with the round that brings the mark, and the list says where it is', async () => {
  await interview(own, 'a', PHOTO)
  await durable()
  await interview(own, 'b')
  expect(await kept()).toEqual(['record', 'a1', 'record'])
  await own.tablet.sync.round()
  expect(await kept()).toEqual(['record'])
  expect(await isWhole()).toBe(true)
  expect(await where()).toEqual(['node', 'safe'])
  expect(await own.tablet.handover.waiting()).toHaveLength(1)
  const calls = own.central.batches.length
  await own.tablet.sync.round()
  expect(own.central.batches).toHaveLength(calls)
  expect((own.central.hellos.at(-1)?.['counts'] as JsonObject)['safe']).toBe(1)
  await durable()
  await own.tablet.sync.round()
  expect(await own.database.bodies.count()).toBe(0)
  expect(await where()).toEqual(['safe', 'safe'])
})

describe('nothing goes', () => {
  beforeEach(async () => {
    await interview(own, 'a')
    await own.tablet.sync.round()
  })

  async function stays(): Promise<void> {
    await own.tablet.sync.round()
    expect(await prune()).toBe(0)
    expect(await kept()).toEqual(['record'])
    expect(await isWhole()).toBe(true)
  }

  const hash = (): string => [...own.central.held.keys()][0] ?? ''

  test('without a mark', async () => {
    await own.central.receipt(hash())
    await stays()
  })

  test('without a receipt', async () => {
    await own.central.makeMark(99)
    await stays()
  })

  test('above the mark', async () => {
    await own.central.receipt(hash())
    await own.central.makeMark(0)
    await stays()
  })

  test.each(['quarantined', 'conflict'])('that is %s', async (state) => {
    await own.central.receipt(hash(), state)
    await own.central.makeMark(99)
    await stays()
  })

  test('that was held first and quarantined later', async () => {
    await own.central.receipt(hash())
    await own.central.receipt(hash(), 'quarantined')
    await own.central.makeMark(99)
    await stays()
  })

  test.each(['cover_hash', 'body_hash', 'part', 'instance'])('by a receipt with another %s', async (key) => {
    const { signature: _, ...receipt } = await own.central.receipt(hash())
    const other = key.endsWith('hash') ? '0'.repeat(64) : key === 'part' ? 'a1' : 'uuid:other'
    own.central.receipts = [await own.central.sign('feldbuch/1/receipt', { ...receipt, [key]: other })]
    await own.central.makeMark(99)
    await stays()
  })

  test('by a receipt or a mark that somebody else signed', async () => {
    const forger = await TestCentral.create()
    const { signature: _, ...receipt } = await own.central.receipt(hash())
    const good = own.central.receipts
    own.central.receipts = [await forger.sign('feldbuch/1/receipt', receipt)]
    await own.central.makeMark(99)
    await stays()
    own.central.receipts = good
    own.central.mark = await forger.makeMark(99)
    own.central.mark = { ...own.central.mark, epoch: own.central.epoch }
    await own.database.drop('mark')
    await stays()
  })

  test('that a person has set aside', async () => {
    await own.database.items.toCollection().modify({ isAside: true })
    await durable()
    await stays()
  })

  test('by what lies in the database unsigned, whoever wrote it there', async () => {
    await durable()
    const { epoch } = own.central
    const { signature: _, ...receipt } = own.central.receipts[0] ?? {}
    const stranger = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    const forged = await signDocument('feldbuch/1/receipt', { ...receipt }, (await signerOf(stranger)).privateKey)
    const lies: Partial<ItemRow>[] = [
      { receipts: { [epoch]: { state: 'held', seq: 1 } } },
      { receipts: { [epoch]: { state: 'held', seq: 1, document: forged } } },
      { receipts: { [epoch]: { state: 'held', seq: 0, document: own.central.receipts[0] ?? {} } } },
    ]
    const { mark } = own.central
    await own.database.put('epoch', epoch)
    await own.database.put('mark', { epoch, durableSeq: 1, at: LATER, document: mark ?? {} })
    for (const lie of lies) {
      await own.database.items.toCollection().modify(lie)
      expect(await prune()).toBe(0)
    }
    await own.database.items.toCollection().modify({ receipts: { [epoch]: { state: 'held', seq: 1, document: own.central.receipts[0] ?? {} } } })
    const markRow = { epoch, durableSeq: 1, at: LATER }
    await own.database.put('mark', markRow)
    expect(await prune()).toBe(0)
    await own.database.put('mark', { ...markRow, document: await (await TestCentral.create()).makeMark(9) })
    expect(await prune()).toBe(0)
    await own.database.put('mark', { ...markRow, document: mark ?? {} })
    expect(await prune()).toBe(1)
  })

  test('while it is sealed, or written into a file, in another tab', async () => {
    await durable()
    await whileStaging(navigator.locks, async () => {
      await own.tablet.sync.round()
      expect(await kept()).toEqual(['record'])
    })
    await own.tablet.sync.round()
    expect(await kept()).toEqual([])
  })

  test('that changes between the decision and the deletion', async () => {
    await durable()
    const pruner = new Pruner(own.database, null, navigator.locks)
    const changes: (() => Promise<unknown>)[] = [
      () => own.database.items.toCollection().modify({ receipts: {} }),
      () => own.database.put('epoch', 'f'.repeat(32)),
      () => own.database.drop('mark'),
      () => own.database.items.toCollection().modify({ isAside: true }),
    ]
    await whileStaging(navigator.locks, () => own.tablet.sync.round())
    const before = { items: await own.database.items.toArray(), mark: await own.database.get('mark'), epoch: own.central.epoch }
    for (const change of changes) {
      const slow = { request: async (...given: unknown[]) => (await change(), (navigator.locks.request as (...all: unknown[]) => unknown)(...given)) }
      expect(await new Pruner(own.database, null, slow as unknown as LockManager).prune()).toBe(0)
      expect(await isWhole()).toBe(true)
      await own.database.items.bulkPut(before.items)
      if (before.mark !== undefined) await own.database.put('mark', before.mark)
      await own.database.put('epoch', before.epoch)
    }
    expect(await pruner.prune()).toBe(1)
  })

  test('twice, when two tabs do it at once', async () => {
    await durable()
    await whileStaging(navigator.locks, () => own.tablet.sync.round())
    const both = await Promise.all([prune(), prune()])
    expect(both[0] + both[1]).toBe(1)
    expect(await isWhole()).toBe(true)
  })
})

describe('a new epoch', () => {
  beforeEach(async () => {
    await interview(own, 'a')
    await durable()
    await whileStaging(navigator.locks, () => own.tablet.sync.round())
    expect(await kept()).toEqual(['record'])
  })

  async function onlyNode(): Promise<void> {
    const node = { id: 'node1', key: 'k', url: URL_OF_NODE, sites: ['gelsenkirchen'], devices_at_most: 1, until: LATER }
    await own.database.feed.add({ chain: 'study', number: 99, hash: '', kind: 'node', body: node })
    own.central.fault = (_path, _init, origin) => (origin === URL_OF_CENTRAL ? 'drop' : undefined)
  }

  test('ends what marks of the old one permitted, also one that comes later through a node', async () => {
    const { mark: old, epoch } = own.central
    const late = await own.central.makeMark(1, '2026-11-25T05:00:00Z')
    own.central.mark = old
    own.central.epoch = 'f'.repeat(32)
    own.central.receipts = []
    await own.tablet.sync.round()
    expect(await kept()).toEqual(['record'])
    own.central.mark = late
    // The node even says, unsigned, that the old one is in force.
    own.central.epoch = epoch
    await onlyNode()
    await own.tablet.sync.round()
    expect(await prune()).toBe(0)
    expect(await isWhole()).toBe(true)
  })

  test('of which a mark alone has told, through a node, permits with the receipts of its own', async () => {
    own.central.epoch = 'f'.repeat(32)
    own.central.receipts = []
    const [hash = ''] = own.central.held.keys()
    await own.central.receipt(hash)
    await own.central.makeMark(1, LATER)
    await onlyNode()
    await own.tablet.sync.round()
    expect(await kept()).toEqual([])
    expect((await rows())[0]?.pruned).toEqual({ epoch: 'f'.repeat(32), seq: 1 })
  })

  test('that is known ends what a node says of one in between', async () => {
    own.central.epoch = '3'.repeat(32)
    own.central.receipts = []
    await own.tablet.sync.round()
    own.central.epoch = '2'.repeat(32)
    const [hash = ''] = own.central.held.keys()
    await own.central.receipt(hash)
    await own.central.makeMark(1, LATER)
    await onlyNode()
    await own.tablet.sync.round()
    expect(await own.database.get('mark')).toMatchObject({ epoch: '2'.repeat(32) })
    expect(await prune()).toBe(0)
    expect(await kept()).toEqual(['record'])
  })

  test('under which central holds what was deleted changes nothing, and it is not offered', async () => {
    expect(await prune()).toBe(1)
    own.central.epoch = 'f'.repeat(32)
    own.central.receipts = []
    await own.central.makeMark(0, LATER)
    const [hash = ''] = own.central.held.keys()
    await own.central.receipt(hash)
    own.central.calls.length = 0
    await own.tablet.sync.round()
    expect(await where()).toEqual(['safe'])
    expect(own.central.calls).not.toContain('POST /sync/offer')
  })

  test('under which central lacks what was deleted is told by name, until central has it again', async () => {
    expect(await prune()).toBe(1)
    const held = [...own.central.held]
    const [hash = ''] = own.central.held.keys()
    own.central.epoch = 'f'.repeat(32)
    own.central.receipts = []
    own.central.held.clear()
    await own.tablet.sync.round()
    expect(await where()).toEqual(['set_aside item.gone'])
    expect(own.central.batches).toHaveLength(1)
    expect(await own.tablet.handover.waiting()).toMatchObject([{ code: 'item.gone' }])
    expect(await own.tablet.handover.plan()).toMatchObject({ parts: 0 })
    for (const [name, item] of held) own.central.held.set(name, item)
    await own.central.receipt(hash)
    await own.tablet.sync.round()
    expect(await where()).toEqual(['safe'])
  })
})

test('a kill in between leaves all of it or a file that nothing names', async () => {
  const files = new MemoryFiles()
  await interview(own, 'a', PHOTO)
  await durable()
  await whileStaging(navigator.locks, () => own.tablet.sync.round())
  await files.begin('rec-1', new Uint8Array(32), 'audio/webm')
  await own.database.items.filter(({ part }) => part === 'a1').modify({ body: 'rec-1' })
  await own.database.bodies.clear()
  const [record] = await rows()
  await own.database.bodies.add({ body: record?.body ?? '', index: 0, bytes: new Uint8Array(3) })
  const killed = (): Promise<never> => Promise.reject(new Error('killed'))
  const broken = own.database.covers.delete.bind(own.database.covers)
  own.database.covers.delete = killed as unknown as typeof broken
  await expect(new Pruner(own.database, files, navigator.locks).prune()).rejects.toThrow('killed')
  own.database.covers.delete = broken
  expect(await kept()).toEqual(['record', 'a1'])
  expect(await own.database.bodies.count()).toBe(1)
  const remove = files.remove.bind(files)
  files.remove = killed
  await expect(new Pruner(own.database, files, navigator.locks).prune()).rejects.toThrow('killed')
  files.remove = remove
  expect(await kept()).toEqual([])
  expect(await files.list()).toEqual(['rec-1'])
  // What the sweep at the next start goes by: no row names the file.
  expect(await own.database.items.orderBy('body').uniqueKeys()).toEqual([''])
})
