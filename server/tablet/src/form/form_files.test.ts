// @vitest-environment jsdom
import { Blob as NodeBlob } from 'node:buffer'
import { beforeEach, expect, test, vi } from 'vitest'

import { Database } from '../store/database'
import { Forms } from '../store/forms'
import { randomId, sha256Hex, utf8 } from '../store/bytes'
import { engine, everything, METADATA, question } from './testing/engine'
import definition from './testing/places.json?raw'
import xform from './testing/places.xml?raw'

const VERSION = 'a'.repeat(64)
const PLACES = 'ags,title,kind,area\n05999,"Beispielstadt, Ruhr",town,12.5\n99001,Musterdorf,village,3\n05998,=1+1,town,7.25\n'
const RESIDENTS = 'ags,year,residents\n05999,2020,1200\n05999,2021,1300\n05998,2021,40\n'

// Node's Response knows Node's Blob; in a browser both are of one house.
beforeEach(() => void vi.stubGlobal('Blob', NodeBlob))

/** The store of a tablet to which a version came with these files. */
async function stored(files: Readonly<Record<string, string>>): Promise<Forms> {
  const database = new Database(`test-${randomId()}`)
  const keep = async (text: string): Promise<{ readonly hash: string; readonly size: number }> => {
    const bytes = utf8(text)
    const hash = await sha256Hex(bytes)
    await database.contents.put({ hash, bytes })
    return { hash, size: bytes.length }
  }
  const named = await Promise.all(Object.entries(files).map(async ([name, text]) => ({ name, ...(await keep(text)) })))
  const body = { id: 'places', version: VERSION, title: { de: 'Orte' }, languages: ['de'], files: named }
  const contents = { definition: await keep(definition), xform: await keep(xform) }
  await database.feed.add({ chain: 'study', number: 1, hash: VERSION, kind: 'form', body: { ...body, ...contents } })
  return new Forms(database)
}

test('choices come from a file, and values from two, by one column and by two', async () => {
  const forms = await stored({ 'orte-übersicht.csv': PLACES, 'einwohner.csv': RESIDENTS })
  const form = await engine().open(await forms.load(VERSION), METADATA)
  const place = question(form, '/data/place')
  expect(place.choices.map(({ value, label }) => [value, label.plain])).toEqual([
    ['05999', 'Beispielstadt, Ruhr'],
    ['05998', '=1+1'],
  ])
  const told = (): string | undefined => everything(form).find((item) => item.reference === '/data/told')?.label?.plain
  form.setText(question(form, '/data/year'), '2021')
  form.setSelected(place, ['05999'])
  expect(told()).toBe('12.5 km², 1300 Menschen')
  form.setSelected(place, ['05998'])
  expect(told()).toBe('7.25 km², 40 Menschen')
})

test('a form whose files are not there opens with nothing to choose from', async () => {
  const forms = await stored({})
  const form = await engine().open(await forms.load(VERSION), METADATA)
  expect(question(form, '/data/place').choices).toEqual([])
})
