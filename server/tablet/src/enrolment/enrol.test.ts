import { expect, test } from 'vitest'

import { b64u, canonical, fromB64u, type JsonObject } from '../envelope'
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
  expect(tablet.readLink(PAGE)).toEqual(central.link())
  expect(await tablet.state()).toBe('new')
  await tablet.enrol(central.link(), PIN)
  expect(tablet.readLink(PAGE)).toBeNull()
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
