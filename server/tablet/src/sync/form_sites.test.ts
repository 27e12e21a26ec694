import { beforeEach, expect, test } from 'vitest'

import { enrolled, type TestTablet } from './testing/tablet'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

async function offered(): Promise<string[]> {
  return (await own.tablet.forms.current()).map(({ id }) => id)
}

test('a form of other sites is neither fetched nor offered', async () => {
  await own.central.publish('abroad', '{"abroad":1}', { sites: ['varna'] })
  await own.central.publish('here', '{"here":1}', { sites: ['varna', 'gelsenkirchen'] })
  own.central.calls.length = 0
  expect((await own.tablet.sync.round()).problem).toBeNull()
  expect(await offered()).toEqual([own.form.id, 'here'])
  expect(own.central.calls.filter((call) => call.startsWith('GET /sync/content/'))).toHaveLength(2)
})

test('a form that is withdrawn is offered no more, but its version still opens, and it can come back', async () => {
  const version = await own.central.publish('visit', '{"visit":1}')
  await own.tablet.sync.round()
  expect(await offered()).toContain('visit')
  await own.central.publish('visit', '{"visit":1}', { sites: [] })
  await own.tablet.sync.round()
  expect(await offered()).not.toContain('visit')
  expect((await own.tablet.forms.load(version)).version).toBe(version)
  await own.central.publish('visit', '{"visit":1}')
  await own.tablet.sync.round()
  expect(await offered()).toContain('visit')
})

test('what the newest entry says of sites holds also before its contents are here', async () => {
  await own.central.publish('visit', '{"visit":1}')
  await own.tablet.sync.round()
  own.central.fault = (path) => (path.startsWith('/sync/content/') ? 'drop' : undefined)
  await own.central.publish('visit', '{"visit":2}', { sites: ['varna'] })
  await own.tablet.sync.round()
  expect(await offered()).not.toContain('visit')
})
