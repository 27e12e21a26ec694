// @vitest-environment jsdom
import { effectScope, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engine, question, roster } from '../../form/testing/engine'
import type { Span } from '../../calendar/spell'
import type { LoadedForm } from '../../services'
import { openSession } from '../interview/opening'
import type { Session } from '../interview/session'
import { memoryTablet } from '../testing/tablet'
import { useLifeHistory, type LifeHistory } from './life_history'
import type { Told } from './told'
import life from './testing/life.xml?raw'

/** `life.json`, compiled. */
const LIFE: LoadedForm = { id: 'life', version: 'v1', title: {}, languages: ['de', 'bg'], definition: null, xform: life }
const NOW = new Date('2026-11-15T12:00:00Z')

const shared = engine()
let session: Session
let scope: EffectScope
let history: LifeHistory

const year = (from: number, to: number | null): Span => ({
  start: { year: from, month: null },
  end: to === null ? null : { year: to, month: null },
  isOpen: to === null,
})

function draw(domain: string, span: Span): Told {
  const told = history.draw(domain, span)
  if (told === null) throw new Error('not told')
  return told
}

/** The entries as other clients read them: names and texts, without what is empty. */
function entries(): readonly (readonly string[])[] {
  const { instanceXml } = session.form.draft()
  const root = new DOMParser().parseFromString(instanceXml, 'text/xml').documentElement
  return [...root.querySelectorAll(':scope > spells')].map((entry) =>
    [...entry.children].filter(({ textContent }) => textContent).map((each) => `${each.nodeName}=${each.textContent}`),
  )
}

beforeEach(async () => {
  const memory = memoryTablet(LIFE)
  session = await openSession(memory.tablet, shared, { form: LIFE }, 'de')
  session.setText(question(session.form, '/data/person/birth_year'), '1966')
  scope = effectScope()
  history = scope.run(() => useLifeHistory(session, roster(session.form, '/data/spells'), NOW)) as LifeHistory
})
afterEach(() => scope.stop())

describe('a calendar that is opened', () => {
  it('leaves no entry behind, and knows what the form asks', () => {
    expect(entries()).toEqual([])
    expect(history.shape.value).toMatchObject({ hasMonths: true })
    expect(history.shape.value?.domains[0]).toEqual({ value: 'residence', label: 'Wohnort' })
    expect(history.years.value).toEqual({ first: 1966, end: 2027 })
  })
})

describe('what is drawn', () => {
  it('is answered as anybody would answer it by form', () => {
    draw('residence', year(1966, 1985))
    draw('work', { start: { year: 2008, month: 3 }, end: null, isOpen: true })
    expect(entries()).toEqual([
      ['domain=residence', 'start_year=1966', 'ongoing=no', 'end_year=1985'],
      ['domain=work', 'start_year=2008', 'start_month=3', 'ongoing=yes'],
    ])
  })

  it('keeps no end in the record once it goes on, and no month once a year is all that is said', () => {
    const told = draw('work', { start: { year: 2008, month: 3 }, end: { year: 2010, month: 4 }, isOpen: false })
    history.change(told, year(2008, null))
    expect(entries()).toEqual([['domain=work', 'start_year=2008', 'ongoing=yes']])
  })

  it('is what was answered by form, too', () => {
    const entry = session.addEntry(roster(session.form, '/data/spells'))
    expect(history.untimed.value).toHaveLength(1)
    const at = (name: string) => question(session.form, `${entry.reference}/${name}`)
    session.setSelected(at('domain'), ['family'])
    session.setText(at('what'), 'Ehe')
    session.setSelected(at('country'), ['bg'])
    session.setText(at('start_year'), '1987')
    expect(history.untimed.value).toEqual([])
    expect(history.spells.value).toMatchObject([
      { domain: 'family', words: 'Ehe', country: { value: 'bg', label: 'Bulgarien' }, isOpen: false, end: null },
    ])
  })

  it('is taken back, changed back and brought back, in its place and with all that was said', () => {
    const first = draw('residence', year(1966, 1985))
    history.choose(first, 'bg')
    draw('work', year(1990, 1995))
    const before = entries()
    history.remove(first.entry)
    expect(entries()).toHaveLength(1)
    history.done.value?.undo()
    expect(entries()).toEqual(before)
    const [again] = history.spells.value
    history.change(again as Told, year(1966, 1988))
    history.done.value?.undo()
    expect(entries()).toEqual(before)
    draw('care', year(2001, 2003))
    history.done.value?.undo()
    expect(entries()).toEqual(before)
  })
})

describe('what is open', () => {
  it('is asked about until somebody says that it is so, and asked again when the times change', () => {
    draw('residence', year(1966, 1985))
    const second = draw('residence', year(1990, null))
    const [gap] = history.questions.value
    expect(gap).toMatchObject({ kind: 'gap', before: expect.any(String) as string, after: second.key })
    if (gap === undefined) return
    history.confirm(gap)
    expect(history.questions.value).toEqual([])
    expect(entries()[1]).toContain('gap_confirmed=OK')
    history.change(second, year(1992, null))
    expect(history.questions.value).toHaveLength(1)
    expect(entries()[1]).not.toContain('gap_confirmed=OK')
    history.done.value?.undo()
    expect(history.questions.value).toEqual([])
  })

  it('is asked at home and merely shown elsewhere', () => {
    draw('residence', year(1966, 1996))
    draw('residence', year(1990, null))
    draw('work', year(1990, 1998))
    draw('work', year(1994, 2000))
    expect(history.overlaps.value.map(({ domain }) => domain)).toEqual(['residence', 'work'])
    expect(history.questions.value.map(({ domain }) => domain)).toEqual(['residence'])
  })
})

it('the years and the landmarks around it are those that the form tells', () => {
  const entry = session.addEntry(roster(session.form, '/data/landmarks'))
  session.setText(question(session.form, `${entry.reference}/year`), '1987')
  session.setText(question(session.form, `${entry.reference}/landmark`), 'Hochzeit')
  const told = history.around.value.landmarks.map(({ label, at, kind }) => [label, at.year, at.month, kind])
  expect(told).toEqual([
    ['Hochzeit', 1987, null, 'personal'],
    ['Fall der Mauer', 1989, 11, 'historical'],
    ['EU-Beitritt', 2007, 1, 'historical'],
  ])
  expect(history.around.value.birth).toEqual({ year: 1966, month: null })
})
