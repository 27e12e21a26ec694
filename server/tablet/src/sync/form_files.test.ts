import { beforeEach, expect, test } from 'vitest'

import definition from '../form/testing/places.json?raw'
import xform from '../form/testing/places.xml?raw'
import type { FormVersion } from '../services'
import { enrolled, type TestTablet } from './testing/tablet'

const PLACES = 'ags,title,kind,area\n05999,Beispielstadt,town,12.5\n99001,Musterdorf,village,3\n'
const RESIDENTS = 'ags,year,residents\n05999,2021,1300\n'
const FILES = { 'orte-übersicht.csv': PLACES, 'einwohner.csv': RESIDENTS }

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

async function places(): Promise<FormVersion | undefined> {
  return (await own.tablet.forms.current()).find((form) => form.id === 'places')
}

test('a version is offered when its last file is here, and not before', async () => {
  const last = 'einwohner.csv'
  const before = await own.central.publish('places', definition, { xform, files: { ...FILES, [last]: 'ags,year,residents\n' } })
  await own.tablet.sync.round()
  const hash = await withheld(last)
  const after = await own.central.publish('places', `${definition} `, { xform, files: FILES })
  expect((await own.tablet.sync.round()).problem).toBe('network.unreachable')
  expect((await places())?.version).toBe(before)
  own.central.fault = () => undefined
  expect((await own.tablet.sync.round()).problem).toBeNull()
  expect((await places())?.version).toBe(after)
  expect(own.central.calls.filter((call) => call.endsWith(hash))).toHaveLength(2)
})

/** Lets the line break whenever that file is asked for; gives its hash. */
async function withheld(name: 'einwohner.csv'): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(FILES[name])))
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  own.central.fault = (path) => (path.endsWith(hash) ? 'drop' : undefined)
  return hash
}

test('a large file comes last, so that every form can be opened before', async () => {
  await own.central.publish('places', definition, { xform, files: FILES })
  await own.central.publish('other', '{"other":1}')
  own.central.calls.length = 0
  await own.tablet.sync.round()
  const sizes = own.central.calls
    .filter((call) => call.startsWith('GET /sync/content/'))
    .map((call) => own.central.contents.get(call.slice(-64))?.length ?? 0)
  expect(sizes).toHaveLength(6)
  expect(sizes.slice(-2)).toEqual([new TextEncoder().encode(RESIDENTS).length, new TextEncoder().encode(PLACES).length])
})

test('other bytes than central named are an alarm, and the version is not offered', async () => {
  await own.central.publish('places', definition, { xform, files: { ...FILES, 'orte-übersicht.csv': PLACES } })
  own.central.fault = (path) => {
    if (!path.startsWith('/sync/content/')) return undefined
    const text = new TextDecoder().decode(own.central.contents.get(path.slice(14)))
    return text === PLACES ? new Response(PLACES.replace('Musterdorf', 'Lüsterdorf')) : undefined
  }
  expect((await own.tablet.sync.round()).alarm).toBe('feed.broken')
  expect(await places()).toBeUndefined()
})

test('a content that the place has not got is its error, not a broken answer, however small the content', async () => {
  await own.central.publish('places', definition, { xform, files: { ...FILES, 'einwohner.csv': 'a\n1\n' } })
  const refusal = { error: { code: 'content.unknown', message: 'x'.repeat(200), remedy: '' } }
  own.central.fault = (path) => (path.startsWith('/sync/content/') ? new Response(JSON.stringify(refusal), { status: 404 }) : undefined)
  expect((await own.tablet.sync.round()).problem).toBe('content.unknown')
})

test('a file is given by its name and with its type; another name gives none', async () => {
  const version = await own.central.publish('places', definition, { xform, files: { ...FILES, 'hof.PNG': 'picture' } })
  await own.tablet.sync.round()
  const loaded = await own.tablet.forms.load(version)
  const file = await loaded.file?.('hof.PNG')
  expect([file?.type, await file?.text()]).toEqual(['image/png', 'picture'])
  expect(await loaded.file?.('einwohner')).toBeNull()
})

test('a form entry without files, as older centrals write it, is a form without files', async () => {
  const loaded = await own.tablet.forms.load(own.form.version)
  expect(await loaded.file?.('einwohner.csv')).toBeNull()
})
