import { expect, test } from 'vitest'

import { stopsConnections } from './clock'
import { enrolled, freshDatabase } from './testing/tablet'

const CONTACT = '2026-11-23T04:00:00Z'

test.each([
  ['1970-01-01T00:00:00Z', true],
  ['2026-11-21T04:00:00Z', true],
  ['2026-11-22T05:00:00Z', false],
  [CONTACT, false],
  ['2027-12-20T00:00:00Z', false],
  ['2028-01-01T00:00:00Z', true],
  ['2050-06-01T00:00:00Z', true],
])('a clock at %s after a contact in November 2026: no certificate can be checked: %s', async (now, stops) => {
  const database = freshDatabase()
  expect(await stopsConnections(database, Date.parse(now)), 'nothing is known before the first contact').toBe(false)
  await database.put('placeTime', CONTACT)
  expect(await stopsConnections(database, Date.parse(now))).toBe(stops)
})

test('where nothing answers and the clock is impossible, the clock is named, and never otherwise', async () => {
  const own = await enrolled()
  await own.tablet.sync.round()
  own.central.fault = () => 'drop'
  expect((await own.tablet.sync.round()).problem).toBe('network.unreachable')
  await own.database.put('placeTime', '2099-01-01T00:00:00Z')
  expect((await own.tablet.sync.round()).problem).toBe('network.clock')
  await own.database.put('placeTime', '2001-01-01T00:00:00Z')
  await own.database.drop('mark')
  expect((await own.tablet.sync.round()).problem).toBe('network.clock')
  own.central.fault = () => undefined
  expect((await own.tablet.sync.round()).problem).toBeNull()
})
