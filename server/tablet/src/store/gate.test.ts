import { expect, test } from 'vitest'

import { freshDatabase } from '../sync/testing/tablet'
import { randomBytes, utf8 } from './bytes'
import type { Database } from './database'
import { Gate } from './gate'
import { checkPin, makeDeviceKey, openSeed, unwrapKeys, wrapKeys } from './keys'
import { openFor, sealFor } from './sealed'

const FEW = 1000

async function locked(pin: string): Promise<Database> {
  const database = freshDatabase()
  const { wrapped } = await wrapKeys(pin, await makeDeviceKey(), randomBytes(32), FEW)
  await database.put('keys', wrapped)
  return database
}

test('the right PIN opens what was sealed before, another does not', async () => {
  const seed = randomBytes(32)
  const { wrapped, open } = await wrapKeys('123987', await makeDeviceKey(), seed, FEW)
  const sealed = await sealFor(open.drafts, 'place', utf8('secret'))
  const again = await unwrapKeys('123987', wrapped)
  expect(await openFor(again.drafts, 'place', sealed)).toEqual(utf8('secret'))
  expect(await openSeed(again, wrapped)).toEqual(seed)
  await expect(unwrapKeys('123988', wrapped)).rejects.toMatchObject({ code: 'pin.wrong' })
})

test('the PIN alone opens nothing without the device key, and no key can be exported', async () => {
  const { wrapped, open } = await wrapKeys('123987', await makeDeviceKey(), randomBytes(32), FEW)
  await expect(unwrapKeys('123987', { ...wrapped, device: await makeDeviceKey() })).rejects.toThrow()
  for (const key of [open.drafts, open.seed, wrapped.device]) {
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  }
})

test('what is sealed for one place does not open at another', async () => {
  const { open } = await wrapKeys('123987', await makeDeviceKey(), randomBytes(32), FEW)
  const sealed = await sealFor(open.drafts, 'draft/a/content', utf8('secret'))
  await expect(openFor(open.drafts, 'draft/b/content', sealed)).rejects.toThrow()
})

test('a PIN has at least six digits and nothing else', () => {
  for (const pin of ['12345', '12345a', '', ' 123456', '١٢٣٤٥٦']) {
    expect(() => checkPin(pin)).toThrow(expect.objectContaining({ code: 'pin.malformed' }))
  }
  checkPin('123456')
})

test('wrong tries cost a growing wait, which a new start of the app does not shorten', async () => {
  const database = await locked('123987')
  let now = 1_000_000
  const gate = (): Gate => new Gate(database, () => now)
  for (let wrong = 0; wrong < 4; wrong += 1) await expect(gate().unlock('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  await expect(gate().unlock('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  await expect(gate().unlock('123987')).rejects.toMatchObject({ code: 'pin.wait', params: { seconds: 15 } })
  now += 15_000
  await expect(gate().unlock('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  await expect(gate().unlock('123987')).rejects.toMatchObject({ params: { seconds: 30 } })
  now += 30_000
  await gate().unlock('123987')
  expect(await database.get('attempts')).toBeUndefined()
})

test('a clock that was set back lengthens no wait beyond itself', async () => {
  const database = await locked('123987')
  await database.put('attempts', { wrong: 5, at: 9_000_000_000_000, wait: 15_000 })
  await expect(new Gate(database, () => 5).unlock('123987')).rejects.toMatchObject({ params: { seconds: 15 } })
})

test('a try counts even if the app is closed before it ends', async () => {
  const database = await locked('123987')
  const gate = new Gate(database)
  const trying = gate.unlock('000000').catch(() => undefined)
  await trying
  expect((await database.get('attempts'))?.wrong).toBe(1)
})

test('a locked gate gives no key', async () => {
  const database = await locked('123987')
  const gate = new Gate(database)
  expect(() => gate.open()).toThrow(expect.objectContaining({ code: 'tablet.locked' }))
  await gate.unlock('123987')
  gate.open()
  gate.lock()
  expect(() => gate.open()).toThrow(expect.objectContaining({ code: 'tablet.locked' }))
})
