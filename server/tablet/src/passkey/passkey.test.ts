import { expect, test } from 'vitest'

import { hex, randomBytes, utf8, type Bytes } from '../store/bytes'
import type { Database } from '../store/database'
import { Gate } from '../store/gate'
import { makeDeviceKey, wrapKeys } from '../store/locking'
import { withoutRecovery } from '../store/recoverable'
import { makeRecoveryCode } from '../store/recovery_code'
import { openFor, sealFor } from '../store/sealed'
import { TestCentral } from '../sync/testing/central'
import { browser, content, enrolled, freshDatabase, PIN } from '../sync/testing/tablet'
import { openTablet } from '../tablet'
import { Keyless, type Passkey } from './authenticator'
import { TestAuthenticator } from './testing/authenticator'
import { PlatformAuthenticator } from './webauthn'

const FEW = 1000

/** Everything in the database, byte arrays in hexadecimal. Keys that cannot be exported have no bytes. */
async function rest(database: Database): Promise<string> {
  const tables = await Promise.all(database.tables.map((table) => table.toArray() as Promise<unknown[]>))
  return JSON.stringify(tables, (_, value: unknown) => (value instanceof Uint8Array ? hex(value) : value))
}

async function lockedBy(authenticator: TestAuthenticator): Promise<{ database: Database; secret: Bytes }> {
  const database = freshDatabase()
  const passkey = await authenticator.make('int-07')
  const { wrapped, secret } = await wrapKeys(PIN, await makeDeviceKey(), randomBytes(32), FEW, passkey)
  const row = { id: 'int-07', addedAt: '2026-11-23T08:00:00Z', protection: 'pin', keys: wrapped, attempts: null, owed: null } as const
  await database.interviewers.add(row)
  return { database, secret }
}

test('enrolled with a passkey, PIN and passkey open together, neither opens alone, and its answer rests nowhere', async () => {
  const authenticator = new TestAuthenticator()
  const central = await TestCentral.create()
  await central.publish('household', '{"v":1}')
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, central.fetch, { authenticator }))
  await tablet.enrol(central.link(), PIN, true)
  const [form] = await tablet.forms.current()
  if (form === undefined) throw new Error('the form did not arrive')
  const draft = await tablet.drafts.create(form, content('Ana'))
  expect(await tablet.interviewers()).toMatchObject([{ id: 'int-07', hasPasskey: true }])
  tablet.lock()
  await tablet.unlock(PIN)
  expect((await tablet.drafts.load(draft)).content).toEqual(content('Ana'))
  tablet.lock()
  await expect(tablet.unlock('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  authenticator.clear()
  await expect(tablet.unlock(PIN)).rejects.toMatchObject({ code: 'passkey.refused' })
  const other = await openTablet(browser(database, central.fetch, { authenticator: new TestAuthenticator() }))
  await expect(other.unlock(PIN)).rejects.toMatchObject({ code: 'passkey.refused' })
  const without = await openTablet(browser(database, central.fetch))
  await expect(without.unlock(PIN)).rejects.toMatchObject({ code: 'passkey.refused' })
  const found = await rest(database)
  expect(found).toContain(hex((await database.interviewers.toArray())[0]?.keys.passkey?.salt ?? randomBytes(32)))
  expect(authenticator.answered.length).toBeGreaterThan(2)
  for (const answer of authenticator.answered) expect(found).not.toContain(hex(answer))
})

test('an authenticator that answers something else opens nothing', async () => {
  const authenticator = new TestAuthenticator()
  const { database } = await lockedBy(authenticator)
  const gate = new Gate(database, undefined, { ask: () => Promise.resolve(randomBytes(32)) })
  await expect(gate.unlock(PIN)).rejects.toMatchObject({ code: 'pin.wrong' })
})

test('a refused finger is no wrong PIN', async () => {
  const authenticator = new TestAuthenticator()
  const { database } = await lockedBy(authenticator)
  const gate = new Gate(database, undefined, authenticator)
  authenticator.refuses = true
  for (let tries = 0; tries < 6; tries += 1) await expect(gate.unlock(PIN)).rejects.toMatchObject({ code: 'passkey.refused' })
  authenticator.refuses = false
  await gate.unlock(PIN)
  expect(gate.current).toBe('int-07')
})

test('a passkey that is gone is replaced by a code of the project office, and what was sealed opens', async () => {
  const authenticator = new TestAuthenticator()
  const { database, secret } = await lockedBy(authenticator)
  const gate = new Gate(database, undefined, authenticator)
  await gate.unlock(PIN)
  const sealed = await sealFor(gate.open().drafts, 'place', utf8('secret'))
  gate.lock()
  authenticator.clear()
  const means = { interviewer: 'int-07', protection: 'pin', iterations: FEW } as const
  await gate.recover(await makeRecoveryCode(secret, 1), '975310', means)
  expect(await openFor(gate.open().drafts, 'place', sealed)).toEqual(utf8('secret'))
  expect(await gate.interviewers()).toMatchObject([{ hasPasskey: false, recovery: 2 }])
  await gate.unlock('975310')
  gate.lock()
  await gate.recover(await makeRecoveryCode(secret, 2), '864209', { ...means, passkey: await authenticator.make('int-07') })
  authenticator.refuses = true
  await expect(gate.unlock('864209')).rejects.toMatchObject({ code: 'passkey.refused' })
})

test('it is added and removed later with the PIN, and what was sealed before opens all along', async () => {
  const authenticator = new TestAuthenticator()
  const { tablet, form } = await enrolled({ authenticator })
  const draft = await tablet.drafts.create(form, content('Ana'))
  await expect(tablet.passkeys.add('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  await tablet.passkeys.add(PIN)
  expect(authenticator.log, 'a mistyped PIN makes no second passkey').toEqual(['make int-07'])
  tablet.lock()
  await tablet.unlock(PIN)
  expect(authenticator.log.at(-1)).toBe('ask')
  await expect(tablet.passkeys.remove('000000')).rejects.toMatchObject({ code: 'pin.wrong' })
  await tablet.passkeys.remove(PIN)
  authenticator.clear()
  tablet.lock()
  await tablet.unlock(PIN)
  expect((await tablet.drafts.load(draft)).content).toEqual(content('Ana'))
})

test('a revocation and a new lock that come while a finger is waited for are not undone', async () => {
  const authenticator = new TestAuthenticator()
  const { database, secret } = await lockedBy(authenticator)
  let meanwhile = (): Promise<unknown> => Promise.resolve()
  const slow = {
    ask: async (passkey: Passkey) => {
      const answered = await authenticator.ask(passkey)
      await meanwhile()
      return answered
    },
  }
  const gate = new Gate(database, undefined, slow)
  const row = () => database.interviewers.get('int-07')
  const other = new Gate(database)
  const means = { interviewer: 'int-07', protection: 'pin', iterations: FEW, passkey: await authenticator.make('int-07') } as const
  const code = await makeRecoveryCode(secret, 1)
  meanwhile = () => other.recover(code, '975310', means)
  await expect(gate.relock(PIN, null)).rejects.toMatchObject({ code: 'passkey.not_made' })
  expect((await gate.interviewers())[0]).toMatchObject({ hasPasskey: true, recovery: 2 })
  meanwhile = () => database.interviewers.update('int-07', { isAway: true, 'keys.master': null })
  await expect(gate.relock('975310', null)).rejects.toMatchObject({ code: 'device.revoked' })
  expect(await row()).toMatchObject({ isAway: true, keys: { master: null } })
  expect(gate.current).toBeNull()
})

test('a study whose codes nobody could tell gets no passkey: at enrolment it is left out, later none is made', async () => {
  const authenticator = new TestAuthenticator()
  const central = await TestCentral.create()
  central.namesRecoveryKey = false
  const tablet = await openTablet(browser(freshDatabase(), central.fetch, { authenticator }))
  await tablet.enrol(central.link(), PIN, true)
  expect(await tablet.interviewers()).toMatchObject([{ hasPasskey: false, canRecover: false, recovery: null }])
  await expect(tablet.passkeys.add(PIN)).rejects.toMatchObject({ code: 'passkey.unrecoverable' })
  expect(authenticator.log).toEqual(['make int-07'])
  tablet.lock()
  await tablet.unlock(PIN)
})

test('a passkey is added only once central has what replaces it, also to keys of earlier builds', async () => {
  const authenticator = new TestAuthenticator()
  const central = await TestCentral.create()
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, central.fetch, { authenticator }))
  central.fault = (path) => (path === '/sync/recovery' ? 'drop' : undefined)
  await tablet.enrol(central.link(), PIN)
  const cannot = async () => {
    await expect(tablet.passkeys.add(PIN)).rejects.toMatchObject({ code: 'passkey.unrecoverable' })
    const gate = new Gate(database, undefined, authenticator)
    const made = { credential: randomBytes(16), salt: randomBytes(32), secret: randomBytes(32) }
    await expect(gate.relock(PIN, made)).rejects.toMatchObject({ code: 'passkey.unrecoverable' })
  }
  await cannot()
  central.fault = () => undefined
  await tablet.sync.round()
  const [row, entries] = [await database.interviewers.get('int-07'), await database.feed.toArray()]
  if (row === undefined) throw new Error('nobody is here')
  // Carried over from a build that knew no codes.
  await database.interviewers.put({ ...row, keys: withoutRecovery(row.keys) })
  await cannot()
  // A code was made though there was nobody to seal its secret to.
  await database.interviewers.put(row)
  await database.feed.bulkPut(entries.map(({ body: { recovery_key: _, ...body }, ...entry }) => ({ ...entry, body })))
  await cannot()
  expect(authenticator.log, 'none was made in vain').toEqual([])
  await database.feed.bulkPut(entries)
  await tablet.passkeys.add(PIN)
  expect((await tablet.interviewers())[0]).toMatchObject({ hasPasskey: true, canRecover: true })
})

test('a platform whose passkeys give no keys is remembered until one does; a person who refused is not', async () => {
  const authenticator = new TestAuthenticator()
  const { tablet, database, central } = await enrolled({ authenticator })
  const isKeyless = async (from = tablet) => (await from.interviewers())[0]?.isKeyless
  authenticator.refuses = true
  await expect(tablet.passkeys.add(PIN)).rejects.toMatchObject({ code: 'passkey.not_made' })
  expect(await isKeyless()).toBe(false)
  authenticator.refuses = false
  authenticator.isKeyless = true
  await expect(tablet.passkeys.add(PIN)).rejects.toMatchObject({ code: 'passkey.not_made' })
  const again = await openTablet(browser(database, central.fetch, { authenticator }))
  expect(await isKeyless(again)).toBe(true)
  authenticator.isKeyless = false
  await again.passkeys.add(PIN)
  expect(await isKeyless(again)).toBe(false)
  authenticator.isKeyless = true
  const fresh = await TestCentral.create()
  const enrolling = await openTablet(browser(freshDatabase(), fresh.fetch, { authenticator }))
  await expect(enrolling.enrol(fresh.link(), PIN, true)).rejects.toMatchObject({ code: 'passkey.not_made' })
  await enrolling.enrol(fresh.link(), PIN)
  expect(await isKeyless(enrolling)).toBe(true)
})

test('a try to enrol that failed makes no second passkey', async () => {
  const authenticator = new TestAuthenticator()
  const central = await TestCentral.create()
  const tablet = await openTablet(browser(freshDatabase(), central.fetch, { authenticator }))
  central.fault = (path) => (path === '/sync/enrolment' ? 'drop' : undefined)
  await expect(tablet.enrol(central.link(), PIN, true)).rejects.toMatchObject({ code: 'network.unreachable' })
  central.fault = () => undefined
  await tablet.enrol(central.link(), PIN, true)
  expect(authenticator.passkeys).toBe(1)
  tablet.lock()
  await tablet.unlock(PIN)
})

interface Asked {
  readonly extensions?: AuthenticationExtensionsClientInputs
  readonly userVerification?: string
  readonly rpId?: string
}

/** A page whose platform answers when a passkey is made, only later (`false`), or never (`null`). */
function page(atOnce: boolean | null, hostname = 'central.example') {
  const asked: Asked[] = []
  const results = { first: new Uint8Array(32).fill(7).buffer }
  const credential = (prf: object | undefined) => ({ rawId: new ArrayBuffer(16), getClientExtensionResults: () => ({ prf }) })
  const credentials = {
    create: ({ publicKey }: CredentialCreationOptions = {}) => {
      asked.push({ ...(publicKey?.extensions && { extensions: publicKey.extensions }) })
      const prf = atOnce === null ? undefined : atOnce ? { enabled: true, results } : { enabled: true }
      return Promise.resolve(credential(prf) as unknown as Credential)
    },
    get: ({ publicKey }: CredentialRequestOptions = {}) => {
      asked.push(publicKey as Asked)
      return Promise.resolve(credential({ results }) as unknown as Credential)
    },
  }
  const kind = {
    isUserVerifyingPlatformAuthenticatorAvailable: () => Promise.resolve(true),
    getClientCapabilities: () => Promise.resolve({ 'extension:prf': atOnce !== null }),
  }
  return { asked, page: { credentials, kind, hostname } }
}

test('what the platform answers when a passkey is made or afterwards is taken; one that gives no keys is refused', async () => {
  for (const [atOnce, calls] of [[true, 1], [false, 2]] as const) {
    const { asked, page: given } = page(atOnce)
    const made = await new PlatformAuthenticator(given).make('int-07')
    expect(made.secret).toEqual(new Uint8Array(32).fill(7))
    expect(asked).toHaveLength(calls)
    for (const { extensions } of asked) expect(extensions?.prf?.eval?.first).toEqual(made.salt)
  }
  const { page: keyless } = page(null)
  await expect(new PlatformAuthenticator(keyless).make('int-07')).rejects.toBeInstanceOf(Keyless)
  const silent = { prf: { enabled: true } }
  const never = { rawId: new ArrayBuffer(16), getClientExtensionResults: () => silent } as unknown as Credential
  const credentials = { create: () => Promise.resolve(never), get: () => Promise.resolve(never) }
  await expect(new PlatformAuthenticator({ ...keyless, credentials }).make('int-07')).rejects.toBeInstanceOf(Keyless)
})

test('it asks with verification of the person, for the host of the page alone; what throws is told by a code', async () => {
  const { asked, page: given } = page(true)
  const authenticator = new PlatformAuthenticator(given)
  await authenticator.ask({ credential: randomBytes(16), salt: randomBytes(32) })
  expect(asked[0]).toMatchObject({ rpId: 'central.example', userVerification: 'required' })
  const refuse = () => Promise.reject(new DOMException('', 'NotAllowedError'))
  const refusing = new PlatformAuthenticator({ ...given, credentials: { create: refuse, get: refuse } })
  await expect(refusing.make('int-07')).rejects.toMatchObject({ code: 'passkey.not_made' })
  await expect(refusing.make('int-07')).rejects.not.toBeInstanceOf(Keyless)
  await expect(refusing.ask({ credential: randomBytes(16), salt: randomBytes(32) })).rejects.toMatchObject({ code: 'passkey.refused' })
})

test('it is offered only where the platform says so, and never on an address in figures', async () => {
  const isThere = (given: ConstructorParameters<typeof PlatformAuthenticator>[0]) => new PlatformAuthenticator(given).isThere()
  expect(await isThere(page(true).page)).toBe(true)
  expect(await isThere(page(null).page)).toBe(false)
  expect(await isThere(page(true, '192.168.1.4').page)).toBe(false)
  expect(await isThere(page(true, '[fd00::1]').page)).toBe(false)
  expect(await isThere({ ...page(true).page, kind: undefined })).toBe(false)
  const without = { isUserVerifyingPlatformAuthenticatorAvailable: () => Promise.resolve(false) }
  expect(await isThere({ ...page(true).page, kind: without })).toBe(false)
  const silent = { isUserVerifyingPlatformAuthenticatorAvailable: () => Promise.resolve(true) }
  expect(await isThere({ ...page(true).page, kind: silent })).toBe(true)
})
