import { expect, test } from 'vitest'

import { fromB64u } from '../envelope'
import { kem, suite } from '../envelope/suite'
import { browser, freshDatabase, PIN } from '../sync/testing/tablet'
import { TestCentral } from '../sync/testing/central'
import { openTablet } from '../tablet'
import type { Tablet } from '../services'
import { utf8 } from './bytes'
import type { Database } from './database'
import { makeRecoveryCode } from './recovery_code'

const CONTENT = { instanceXml: '<data/>', hidden: {}, language: 'de', position: null, progress: { answered: 1, asked: 2 } }

interface World {
  readonly central: TestCentral
  readonly database: Database
  readonly tablet: Tablet
  readonly draft: string
  /** The code of a number, as the project office tells it. */
  readonly code: (number: number) => Promise<string>
  readonly revoke: () => Promise<void>
}

async function world({ deposited = true, named = true } = {}): Promise<World> {
  const central = await TestCentral.create()
  central.namesRecoveryKey = named
  const database = freshDatabase()
  if (!deposited) central.fault = (path) => (path === '/sync/recovery' ? 'drop' : undefined)
  const tablet = await openTablet(browser(database, central.fetch))
  await tablet.enrol(central.link(), PIN)
  await central.publish('survey', '{}')
  await tablet.sync.round()
  const [form] = await tablet.forms.current()
  if (form === undefined) throw new Error('the form is not here')
  const draft = await tablet.drafts.create(form, CONTENT)
  const { device } = await tablet.identity()
  const code = async (number: number): Promise<string> => {
    const sealed = fromB64u(central.recoveries[0]?.['sealed'] as string) ?? new Uint8Array()
    const recipientKey = (await kem.generateKeyPairDerand(central.seed)).privateKey
    const info = utf8(`feldbuch/1/vault/secret\0recovery/${device}/int-07`)
    const secret = await suite.open({ recipientKey, enc: sealed.slice(0, 1120).buffer, info }, sealed.slice(1120))
    return makeRecoveryCode(new Uint8Array(secret), number)
  }
  const revoke = async (): Promise<void> => {
    await central.append(`device:${device}`, 'revocation', { device, reason: 'lost' })
    central.standing = 'revoked'
  }
  return { central, database, tablet, draft, code, revoke }
}

test('a revoked tablet locks its drafts away at its next contact; only a code from the vault opens them', async () => {
  const { database, tablet, draft, code, revoke } = await world()
  await tablet.sync.round()
  expect(await tablet.mustClose()).toBe(false)
  await revoke()
  expect((await tablet.sync.round()).problem).toBe('device.revoked')
  expect(await tablet.mustClose()).toBe(true)
  tablet.lock()
  await expect(tablet.unlock(PIN)).rejects.toMatchObject({ code: 'device.revoked' })
  expect((await tablet.interviewers())[0]?.isAway).toBe(true)
  expect((await database.interviewers.get('int-07'))?.keys.master).toBeNull()
  expect(await database.drafts.count()).toBe(1)
  await tablet.recover(await code(1), '975310', 'int-07')
  expect((await tablet.drafts.load(draft)).content.instanceXml).toBe('<data/>')
  // What the project office has opened stays open: the same revocation does not lock it again.
  await tablet.sync.round()
  expect(await tablet.mustClose()).toBe(false)
})

test('the bare word of a place locks nothing away', async () => {
  const { central, tablet } = await world()
  central.standing = 'revoked'
  await tablet.sync.round()
  expect(await tablet.mustClose()).toBe(false)
  tablet.lock()
  await tablet.unlock(PIN)
})

test('what nobody else could open keeps its lock until central can, but the PIN is refused', async () => {
  const { central, code, database, draft, tablet, revoke } = await world({ deposited: false })
  await revoke()
  await tablet.sync.round()
  tablet.lock()
  await expect(tablet.unlock(PIN)).rejects.toMatchObject({ code: 'device.revoked' })
  const row = await database.interviewers.get('int-07')
  expect(row?.keys.master).not.toBeNull()
  expect(central.recoveries).toEqual([])
  expect(row?.owed).not.toBeNull()
  central.fault = () => undefined
  await tablet.sync.round()
  expect((await database.interviewers.get('int-07'))?.keys.master).toBeNull()
  await tablet.recover(await code(1), '975310', 'int-07')
  expect((await tablet.drafts.load(draft)).content).toEqual(CONTENT)
})

test('what nobody else can ever open keeps its lock, and the PIN is refused', async () => {
  const unnamed = await world({ named: false })
  await unnamed.revoke()
  const untaken = await world({ deposited: false })
  await untaken.revoke()
  await untaken.tablet.sync.round()
  const refusal = () => new Response(JSON.stringify({ error: { code: 'recovery.unknown' } }), { status: 409 })
  untaken.central.fault = (path) => (path === '/sync/recovery' ? refusal() : undefined)
  for (const { database, tablet } of [unnamed, untaken]) {
    await tablet.sync.round()
    tablet.lock()
    await expect(tablet.unlock(PIN)).rejects.toMatchObject({ code: 'device.revoked' })
    const row = await database.interviewers.get('int-07')
    expect(row).toMatchObject({ isAway: true, owed: null })
    expect(row?.keys.master).not.toBeNull()
    expect(row?.keys.recovery).toBeUndefined()
  }
})
