import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { freshDatabase } from '../sync/testing/tablet'
import { randomBytes, utf8, type Bytes } from './bytes'
import type { Database } from './database'
import { Gate } from './gate'
import { openSeed, unwrapKeys } from './keys'
import { makeDeviceKey, wrapKeys } from './locking'
import { checkSecret, DEFAULT_POLICY, policyBody } from './policy'
import { makeRecoveryCode, readRecoveryCode } from './recovery_code'
import { openFor, sealFor } from './sealed'

const FEW = 1000
const VECTORS = fileURLToPath(new URL('../../../../tests/vectors/recovery/codes.json', import.meta.url))

async function add(database: Database, id: string, pin: string): Promise<Bytes> {
  const { wrapped, secret } = await wrapKeys(pin, await makeDeviceKey(), randomBytes(32), FEW)
  const addedAt = `2026-11-23T0${await database.interviewers.count()}:00:00Z`
  await database.interviewers.add({ id, addedAt, protection: 'pin', keys: wrapped, attempts: null, owed: null })
  return secret
}

async function locked(pin: string): Promise<Database> {
  const database = freshDatabase()
  await add(database, 'int-07', pin)
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

test('a PIN has at least six digits and nothing else; a passphrase is long', () => {
  for (const pin of ['12345', '12345a', '', ' 123456', '١٢٣٤٥٦']) {
    expect(() => checkSecret(pin, DEFAULT_POLICY)).toThrow(expect.objectContaining({ code: 'pin.malformed' }))
  }
  checkSecret('123456', DEFAULT_POLICY)
  const demanding = policyBody({ draft_protection: 'passphrase', least_length: 3 })
  expect(demanding).toEqual({ lockAfter: 5, protection: 'passphrase', least: 12, passkey: 'offered' })
  expect(() => checkSecret('Elf Zeichen', demanding)).toThrow(expect.objectContaining({ code: 'passphrase.malformed' }))
  checkSecret('vier Wörter am Fluss', demanding)
  expect(policyBody({ passkey: 'demanded' })).toEqual({ ...DEFAULT_POLICY, passkey: 'demanded' })
  for (const wrong of [null, 7, { lock_after: 0 }, { lock_after: '1' }, { draft_protection: 'none' }, { passkey: 'always' }, { least_length: 4 }]) {
    expect(policyBody(wrong)).toEqual(DEFAULT_POLICY)
  }
})

test('wrong tries cost a growing wait that neither a new start of the app nor setting its clock shortens', async () => {
  const database = await locked('123987')
  let wall = 1_000_000
  let running = 0
  const start = (): Gate => new Gate(database, { wall: () => wall, running: () => running })
  const pass = (ms: number): void => {
    wall += ms
    running += ms
  }
  let gate = start()
  for (let wrong = 0; wrong < 5; wrong += 1) await expect(gate.unlock('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  await expect(gate.unlock('123987')).rejects.toMatchObject({ code: 'pin.wait', params: { seconds: 15 } })
  wall += 60 * 60 * 1000
  await expect(gate.unlock('123987')).rejects.toMatchObject({ params: { seconds: 15 } })
  wall -= 24 * 60 * 60 * 1000
  await expect(gate.unlock('123987')).rejects.toMatchObject({ params: { seconds: 15 } })
  pass(5_000)
  expect(await gate.waiting('int-07')).toBe(10)
  gate = start()
  expect(await gate.waiting('int-07')).toBe(10)
  const other = start()
  expect(await other.waiting('int-07')).toBe(10)
  pass(10_000)
  expect(await gate.waiting('int-07')).toBe(0)
  await expect(gate.unlock('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  await expect(gate.unlock('123987')).rejects.toMatchObject({ params: { seconds: 30 } })
  pass(20_000)
  expect([await gate.waiting('int-07'), await other.waiting('int-07'), await other.waiting('int-07')]).toEqual([10, 10, 10])
  pass(10_000)
  await gate.unlock('123987')
  expect((await database.interviewers.get('int-07'))?.attempts).toBeNull()
})

test('a try counts even if the app is closed before it ends', async () => {
  const database = await locked('123987')
  const gate = new Gate(database)
  const trying = gate.unlock('000000').catch(() => undefined)
  await trying
  expect((await database.interviewers.get('int-07'))?.attempts?.wrong).toBe(1)
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

test('each interviewer opens their own keys with their own PIN and waits for their own mistakes', async () => {
  const database = await locked('123987')
  await add(database, 'int-08', '456789')
  const gate = new Gate(database)
  expect((await gate.interviewers()).map(({ id }) => id)).toEqual(['int-07', 'int-08'])
  await expect(gate.unlock('123987', 'int-08')).rejects.toMatchObject({ code: 'pin.wrong' })
  await expect(gate.unlock('123987', 'int-09')).rejects.toMatchObject({ code: 'interviewer.unknown' })
  await gate.unlock('123987', 'int-07')
  const sealed = await sealFor(gate.open().drafts, 'place', utf8('secret'))
  await gate.unlock('456789', 'int-08')
  expect(gate.interviewer()).toBe('int-08')
  await expect(openFor(gate.open().drafts, 'place', sealed)).rejects.toThrow()
  const tries = (await database.interviewers.toArray()).map(({ attempts }) => attempts)
  expect(tries).toEqual([null, null])
})

test('a recovery code opens the same keys once, under a new PIN; a slip in it is told', async () => {
  const database = freshDatabase()
  const secret = await add(database, 'int-07', '123987')
  const code = await makeRecoveryCode(secret, 1)
  expect(code).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/)
  const gate = new Gate(database)
  await gate.unlock('123987')
  const sealed = await sealFor(gate.open().drafts, 'place', utf8('secret'))
  gate.lock()
  const means = { interviewer: 'int-07', protection: 'pin', iterations: FEW } as const
  const slip = code.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))
  await expect(gate.recover(slip, '777123', means)).rejects.toMatchObject({ code: 'recovery.malformed' })
  const foreign = await makeRecoveryCode(secret, 2)
  await expect(gate.recover(foreign, '777123', means)).rejects.toMatchObject({ code: 'recovery.wrong' })
  const spoken = code.toLowerCase().replace(/-/g, ' ').replace(/0/g, 'o').replace(/1/g, 'l')
  expect(await readRecoveryCode(spoken)).toBe(await readRecoveryCode(code))
  await gate.recover(spoken, '777123', means)
  expect(await openFor(gate.open().drafts, 'place', sealed)).toEqual(utf8('secret'))
  await expect(gate.unlock('123987')).rejects.toMatchObject({ code: 'pin.wrong' })
  await gate.unlock('777123')
  await expect(gate.recover(code, '888123', means)).rejects.toMatchObject({ code: 'recovery.wrong' })
  expect((await gate.interviewers())[0]?.recovery).toBe(2)
  await gate.recover(foreign, '999123', means)
  expect(await openFor(gate.open().drafts, 'place', sealed)).toEqual(utf8('secret'))
  expect((await gate.interviewers())[0]?.recovery).toBe(3)
})

test('codes are those that the project office derives', async () => {
  const { codes } = JSON.parse(readFileSync(VECTORS, 'utf-8')) as { codes: { secret: string; number: number; code: string }[] }
  expect(codes.length).toBeGreaterThan(2)
  for (const { secret, number, code } of codes) {
    expect(await makeRecoveryCode(Uint8Array.from(Buffer.from(secret, 'hex')), number)).toBe(code)
  }
})

test('what runs on while the tablet is locked keeps its own keys and opens nothing else', async () => {
  const database = await locked('123987')
  const gate = new Gate(database)
  await gate.unlock('123987')
  const hold = gate.hold()
  gate.lock()
  expect([gate.isHeld, gate.current, hold.interviewer]).toEqual([true, null, 'int-07'])
  expect(() => gate.open()).toThrow(expect.objectContaining({ code: 'tablet.locked' }))
  const sealed = await sealFor(hold.keys.drafts, 'place', utf8('slice'))
  hold.release()
  expect(gate.isHeld).toBe(false)
  await gate.unlock('123987')
  expect(await openFor(gate.open().drafts, 'place', sealed)).toEqual(utf8('slice'))
})
