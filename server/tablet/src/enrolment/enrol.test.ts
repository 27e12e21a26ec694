import { expect, test } from 'vitest'

import { b64u, canonical, fromB64u, type JsonObject } from '../envelope'
import { kem, suite } from '../envelope/suite'
import { utf8 } from '../store/bytes'
import { makeRecoveryCode } from '../store/recovery_code'
import { browser, freshDatabase, PIN } from '../sync/testing/tablet'
import { failure, json, TestCentral, URL_OF_CENTRAL } from '../sync/testing/central'
import { openTablet } from '../tablet'
import { readLink } from './link'

const PAGE = `${URL_OF_CENTRAL}/tablet/`

function fragment(central: TestCentral, change: JsonObject = {}): string {
  const { siteTitle, policy: _, ...link } = central.link()
  return `#enrol=${b64u(canonical({ v: 1, ...link, site_title: siteTitle, ...change }))}`
}

test('a link is read from the fragment, and only from a page of the central it names', async () => {
  const central = await TestCentral.create()
  expect(readLink(PAGE + fragment(central))).toEqual(central.link())
  expect(readLink(PAGE)).toBeNull()
  const wrong = [
    `https://evil.example/tablet/${fragment(central)}`,
    `${PAGE}#enrol=`,
    `${PAGE}#enrol=***`,
    ...[{ v: 2 }, { key: 'short' }, { token: '' }, { site: 'a b' }, { title: 'text' }, { extra: 1 }, { central: 'javascript:x' }].map(
      (change) => PAGE + fragment(central, change),
    ),
  ]
  for (const address of wrong) expect(() => readLink(address)).toThrow(expect.objectContaining({ code: 'enrolment.link.malformed' }))
})

test('the enrolment that was taken out of the address bar is still known until it has done its work', async () => {
  const central = await TestCentral.create()
  const tablet = await openTablet(browser(freshDatabase(), central.fetch, { address: PAGE + fragment(central) }))
  expect(await tablet.readLink(PAGE)).toEqual(central.link())
  expect(await tablet.state()).toBe('new')
  await tablet.enrol(central.link(), PIN)
  expect(await tablet.readLink(PAGE)).toBeNull()
  expect(await tablet.state()).toBe('open')
  expect(await tablet.identity()).toMatchObject({ study: 'ruhr-2026', interviewer: 'int-07', site: { id: 'gelsenkirchen', kind: 'arrival' } })
})

test('the PIN is hashed as often as OWASP says', async () => {
  const central = await TestCentral.create()
  const database = freshDatabase()
  const { pinIterations, ...real } = browser(database, central.fetch)
  const tablet = await openTablet(real)
  await tablet.enrol(central.link(), PIN)
  expect((await database.interviewers.get('int-07'))?.keys.iterations).toBe(600_000)
  expect(pinIterations).toBeLessThan(600_000)
})

test('an answer that was lost is asked for again with the same keys, also with another PIN and after a restart', async () => {
  const central = await TestCentral.create()
  const database = freshDatabase()
  central.fault = async (path, init) => {
    if (path !== '/sync/enrolment') return undefined
    central.fault = () => undefined
    await central.fetch(`${URL_OF_CENTRAL}${path}`, init)
    return 'drop'
  }
  const first = await openTablet(browser(database, central.fetch))
  await expect(first.enrol(central.link(), PIN)).rejects.toMatchObject({ code: 'network.unreachable' })
  expect(await first.state()).toBe('new')
  const second = await openTablet(browser(database, central.fetch))
  await second.enrol(central.link(), '864208')
  expect([...central.chains.keys()].filter((chain) => chain.startsWith('device:'))).toHaveLength(1)
  second.lock()
  await expect(second.unlock(PIN)).rejects.toMatchObject({ code: 'pin.wrong' })
  await second.unlock('864208')
  await expect(second.enrol(central.link(), PIN)).rejects.toMatchObject({ code: 'enrolment.already' })
})

test('the codes of central reach the person', async () => {
  const central = await TestCentral.create()
  const tablet = await openTablet(browser(freshDatabase(), central.fetch))
  for (const code of ['enrolment.token.unknown', 'enrolment.token.expired', 'enrolment.token.used_up', 'enrolment.study']) {
    central.fault = () => failure(403, code)
    await expect(tablet.enrol(central.link(), PIN)).rejects.toMatchObject({ code })
  }
  central.fault = () => new Response('<html>', { status: 502 })
  await expect(tablet.enrol(central.link(), PIN)).rejects.toMatchObject({ code: 'enrolment.answer' })
  await expect(tablet.enrol(central.link(), '12345')).rejects.toMatchObject({ code: 'pin.malformed' })
})

test('a chain that the pinned key did not sign, or that speaks of other keys, enrols nothing', async () => {
  const central = await TestCentral.create()
  const other = await TestCentral.create()
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, central.fetch))
  const link = { ...central.link(), key: other.publicKey }
  await expect(tablet.enrol(link, PIN)).rejects.toMatchObject({ code: 'enrolment.answer' })
  for (const spoiled of ['key', 'encryption_key'] as const) {
    const fresh = await openTablet(browser(freshDatabase(), central.fetch))
    central.fault = (path, init) => {
      if (path !== '/sync/enrolment') return undefined
      central.fault = () => undefined
      const body = JSON.parse(init.body as string) as { enrolment: Record<string, string> }
      body.enrolment[spoiled] = b64u(new Uint8Array(65))
      return central.fetch(`${URL_OF_CENTRAL}${path}`, { ...init, body: JSON.stringify(body) })
    }
    await expect(fresh.enrol(central.link(), PIN)).rejects.toMatchObject({ code: 'enrolment.answer' })
    expect(await fresh.state()).toBe('new')
  }
  central.fault = () => json({ entries: [] })
  await expect(tablet.enrol(central.link(), PIN)).rejects.toMatchObject({ code: 'enrolment.answer' })
  expect(await tablet.state()).toBe('new')
})

test('what is sent to enrol is signed by a key that cannot leave the tablet', async () => {
  const central = await TestCentral.create()
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, central.fetch))
  await tablet.enrol(central.link(), PIN)
  const signing = await database.get('signing')
  await expect(crypto.subtle.exportKey('pkcs8', signing?.privateKey as CryptoKey)).rejects.toThrow()
  expect(fromB64u(central.hellos[0]?.['key'] as string)).toHaveLength(65)
})

test('a build older than one that has used the database does not open it', async () => {
  const central = await TestCentral.create()
  const database = freshDatabase()
  await openTablet(browser(database, central.fetch, { version: '0.10.0' }))
  await expect(openTablet(browser(database, central.fetch, { version: '0.9.0' }))).rejects.toMatchObject({ code: 'app.older' })
})

test('a further interviewer enrols on the same tablet, with a PIN and drafts of their own', async () => {
  const central = await TestCentral.create()
  const tablet = await openTablet(browser(freshDatabase(), central.fetch))
  await tablet.enrol(central.link(), PIN)
  const version = await central.publish('survey', '{}')
  await tablet.sync.round()
  const [form] = await tablet.forms.current()
  if (form?.version !== version) throw new Error('the form is not here')
  const content = { instanceXml: '<data/>', hidden: {}, language: 'de', position: null, progress: { answered: 1, asked: 2 } }
  const draft = await tablet.drafts.create(form, content)
  const other = { ...central.link(), interviewer: 'int-08', token: 'of int-08' }
  await expect(tablet.enrol({ ...other, site: 'varna' }, '864208')).rejects.toMatchObject({ code: 'enrolment.other' })
  await tablet.enrol(other, '864208')
  expect((await tablet.interviewers()).map(({ id }) => id)).toEqual(['int-07', 'int-08'])
  expect((await tablet.identity()).interviewer).toBe('int-08')
  expect([...central.chains.keys()].filter((chain) => chain.startsWith('device:'))).toHaveLength(1)
  expect(await tablet.drafts.list()).toEqual([])
  await expect(tablet.drafts.load(draft)).rejects.toMatchObject({ code: 'draft.unknown' })
  tablet.lock()
  await expect(tablet.unlock('864208', 'int-07')).rejects.toMatchObject({ code: 'pin.wrong' })
  await tablet.unlock(PIN, 'int-07')
  expect(await tablet.drafts.list()).toHaveLength(1)
})

test('what opens a forgotten PIN goes to central sealed, and again until central has it', async () => {
  const central = await TestCentral.create()
  const database = freshDatabase()
  central.fault = (path) => (path === '/sync/recovery' ? 'drop' : undefined)
  const tablet = await openTablet(browser(database, central.fetch))
  await tablet.enrol(central.link(), PIN)
  expect(central.recoveries).toEqual([])
  central.fault = () => undefined
  await tablet.sync.round()
  await tablet.sync.round()
  expect(central.recoveries).toHaveLength(1)
  const recovery = central.recoveries[0] ?? {}
  const { device } = await tablet.identity()
  expect(recovery).toMatchObject({ study: 'ruhr-2026', id: device, interviewer: 'int-07' })
  const sealed = fromB64u(recovery['sealed'] as string) ?? new Uint8Array()
  const secret = await openSecret(central.seed, `recovery/${device}/int-07`, sealed)
  tablet.lock()
  await tablet.recover(await makeRecoveryCode(secret, 1), '975310', 'int-07')
  expect(await tablet.state()).toBe('open')
  await expect(openSecret(central.seed, `recovery/${device}/int-08`, sealed)).rejects.toThrow()
})

/** As the vault opens it. */
async function openSecret(seed: Uint8Array<ArrayBuffer>, name: string, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const recipientKey = (await kem.generateKeyPairDerand(seed)).privateKey
  const info = utf8(`feldbuch/1/vault/secret\0${name}`)
  return new Uint8Array(await suite.open({ recipientKey, enc: sealed.slice(0, 1120).buffer, info }, sealed.slice(1120)))
}
