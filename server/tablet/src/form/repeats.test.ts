// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { countingNames } from './counted'
import type { Entry, Roster } from './model'
import type { OpenForm } from './open_form'
import { METADATA, REPEATS, answers, engine, everything, question, roster } from './testing/engine'

const shared = engine()
let form: OpenForm

const say = (reference: string, text: string): void => form.setText(question(form, reference), text)
const choose = (reference: string, ...values: string[]): void => form.setSelected(question(form, reference), values)
const xml = (): string => form.draft().instanceXml.replaceAll(/<(meta|\/?data)[^>]*>.*?(?=<)/gu, '')
const trips = (): Roster => roster(form, '/data/trip')
const first = (list: Roster): Entry => {
  const [entry] = list.entries
  if (entry === undefined) throw new Error('no entry')
  return entry
}

beforeEach(async () => {
  form = await shared.open(REPEATS, METADATA)
})

/** One trip with everything in it, and with an answer and a stop that are hidden at the end. */
function tell(): void {
  form.addEntry(trips())
  say('/data/trip[1]/where', 'Plowdiw')
  choose('/data/trip[1]/alone', 'no')
  say('/data/trip[1]/with', 'Ana')
  choose('/data/trip[1]/order', 'no', 'yes')
  form.acknowledge(question(form, '/data/trip[1]/seen'), true)
  form.attach(question(form, '/data/trip[1]/ticket'), 'ticket-1.jpg')
  const stops = roster(form, '/data/trip[1]/stop')
  form.addEntry(stops)
  say('/data/trip[1]/stop[1]/town', 'Sofia')
  form.addEntry(stops)
  say('/data/trip[1]/stop[2]/town', 'Wien')
  form.addEntry(trips())
  say('/data/trip[2]/where', 'Duisburg')
}

describe('an entry that was removed', () => {
  it('comes back in its place with all that it said', () => {
    tell()
    const before = xml()
    const removed = form.removeEntry(trips(), first(trips()))
    expect(answers(form)).toEqual({ '/data/trip[1]/where': 'Duisburg' })
    expect(removed).not.toBeNull()
    if (removed !== null) form.restoreEntry(removed)
    expect(xml()).toBe(before)
    expect(question(form, '/data/trip[2]/where').text).toBe('Duisburg')
  })

  it('brings back what was hidden in it', () => {
    tell()
    choose('/data/trip[1]/alone', 'yes')
    const removed = form.removeEntry(trips(), first(trips()))
    if (removed !== null) form.restoreEntry(removed)
    choose('/data/trip[1]/alone', 'no')
    expect(question(form, '/data/trip[1]/with').text).toBe('Ana')
    expect(roster(form, '/data/trip[1]/stop').entries).toHaveLength(2)
    expect(question(form, '/data/trip[1]/stop[2]/town').text).toBe('Wien')
  })

  it('does not come back into a repeat that went as well', () => {
    tell()
    const stops = roster(form, '/data/trip[1]/stop')
    const stop = form.removeEntry(stops, first(stops))
    form.removeEntry(trips(), first(trips()))
    expect(stop === null ? undefined : form.restoreEntry(stop)).toBeNull()
  })

  it('keeps what the form gave it when it was made', () => {
    form.addEntry(trips())
    const code = /<code>([^<]+)</u.exec(form.draft().instanceXml)?.[1]
    const removed = form.removeEntry(trips(), first(trips()))
    if (removed !== null) form.restoreEntry(removed)
    expect(code).toMatch(/.{8}/u)
    expect(form.draft().instanceXml).toContain(`<code>${code ?? ''}</code>`)
  })
})

describe('a repeat that the form counts', () => {
  it('says again what it said when its count was only mistyped', () => {
    say('/data/size', '3')
    for (const number of [1, 2, 3]) say(`/data/child[${number}]/alias`, `Kind ${number}`)
    choose('/data/child[3]/school', 'yes')
    say('/data/size', '1')
    expect(Object.keys(answers(form))).toEqual(['/data/size', '/data/child[1]/alias'])
    say('/data/child[1]/alias', 'Mila')
    say('/data/size', '')
    say('/data/size', '4')
    expect(answers(form)).toMatchObject({
      '/data/child[1]/alias': 'Mila',
      '/data/child[2]/alias': 'Kind 2',
      '/data/child[3]/alias': 'Kind 3',
      '/data/child[3]/school': 'yes',
    })
    expect(question(form, '/data/child[4]/alias').text).toBe('')
  })

  it('is watched by the questions that it depends on, also by way of a calculation', () => {
    expect(countingNames(REPEATS.xform).has('size')).toBe(true)
    expect(countingNames(REPEATS.xform).has('where')).toBe(false)
  })
})

describe('a form that asks question by question', () => {
  it('has a page for each, and keeps together what belongs together', () => {
    say('/data/size', '1')
    expect(form.layout).toBe('pages')
    expect(form.sections.map(({ reference, label }) => [reference, label?.plain])).toEqual([
      ['/data/size', undefined],
      ['/data/child', 'Kind'],
      ['/data/trip', 'Reise'],
      ['/data/feelings/longing', 'Gefühle'],
      ['/data/feelings/words', 'Gefühle'],
      ['/data/feelings/together', 'Zusammen'],
    ])
    expect(form.sections.map(({ title }) => title?.plain)).toContain('Sehnsucht')
  })
})

describe('what the engine does not tell', () => {
  it('is read from the form: marks at a scale, lines of a box, larger pictures', () => {
    const longing = question(form, '/data/feelings/longing')
    expect(longing.ticks).toEqual({
      interval: 5,
      placeholder: 10,
      labels: [
        { value: 0, text: 'gar nicht' },
        { value: 20, text: 'sehr' },
      ],
    })
    expect(question(form, '/data/feelings/words').rows).toBe(7)
    form.addEntry(trips())
    expect(question(form, '/data/trip[1]/alone').choices[0]?.media).toMatchObject({ image: 'yes.png', big: 'yes_big.png' })
    expect(everything(form).every((item) => item.item !== 'question' || item.kind !== 'unrendered')).toBe(true)
  })
})
