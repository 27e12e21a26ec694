// @vitest-environment jsdom
import { effect } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import type { OpenForm } from './open_form'
import { METADATA, REASONS, engine, everything, question, roster } from './testing/engine'
import { questionsIn } from './sections'

const shared = engine()
let form: OpenForm

const at = (name: string) => question(form, `/data/${name}`)
const value = (name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(form.draft().instanceXml)?.[1]

async function resumed(): Promise<OpenForm> {
  const content = JSON.parse(JSON.stringify(form.draft())) as ReturnType<OpenForm['draft']>
  return engine().open(REASONS, METADATA, { version: REASONS.version, content })
}

beforeEach(async () => {
  form = await shared.open(REASONS, METADATA)
})

describe('a reason for no answer', () => {
  it('belongs to its question, in the language of the form, and is no question of its own', () => {
    const names = questionsIn(form.sections.flatMap(({ items }) => items)).map(({ name }) => name)
    expect(names.filter((name) => name.endsWith('_missing'))).toEqual([])
    expect(names).toContain('age')
    const seen: string[] = []
    effect(() => {
      const { missing } = at('age')
      seen.push(`${missing?.label?.plain}: ${missing?.reasons.map(({ label }) => label.plain).join()}`)
    })
    form.setLanguage('bg')
    expect(seen[0]).toBe('Keine Antwort: Möchte nicht antworten,Weiß nicht')
    expect(seen.at(-1)).toBe('Без отговор: Не желае да отговори,Не знае')
    expect(at('work').missing?.reasons.map(({ value }) => value)).toEqual(['refused'])
    expect(at('town').missing).toBeNull()
  })

  it('settles a question that needs an answer', () => {
    expect(at('age').problem?.condition).toBe('required')
    const { asked } = form.counts(form.sections.flatMap(({ items }) => items))
    form.setMissing(at('age'), 'refused')
    expect(at('age')).toMatchObject({ problem: null, answered: false, settled: true })
    expect(at('age').missing?.chosen).toBe('refused')
    // A second counted entry's question and this one are what has to be answered.
    expect(form.counts(form.sections.flatMap(({ items }) => items))).toEqual({ asked, answered: 1, problems: 2 })
    form.setMissing(at('age'), null)
    expect(at('age')).toMatchObject({ problem: { condition: 'required' }, settled: false })
  })

  it('takes the place of the answer, and the answer that of the reason', () => {
    form.setText(at('age'), '40')
    form.setMissing(at('age'), 'dont_know')
    expect([value('age'), value('age_missing')]).toEqual([undefined, 'dont_know'])
    form.setMissing(at('age'), 'refused')
    expect(value('age_missing')).toBe('refused')
    form.setText(at('age'), '41')
    expect([value('age'), value('age_missing')]).toEqual(['41', undefined])
  })

  it('that is taken back gives the answer back, but not one that was replaced since', () => {
    form.setText(at('age'), '40')
    form.setMissing(at('age'), 'dont_know')
    form.setMissing(at('age'), 'refused')
    form.setMissing(at('age'), null)
    expect([value('age'), value('age_missing')]).toEqual(['40', undefined])
    form.setMissing(at('age'), 'refused')
    form.setText(at('age'), '41')
    form.setText(at('age'), '')
    form.setMissing(at('age'), 'refused')
    form.setMissing(at('age'), null)
    expect(at('age').text).toBe('')
  })

  it.each([
    ['work', () => form.setSelected(at('work'), ['seeking'])],
    ['offices', () => form.setSelected(at('offices'), ['employed', 'seeking'])],
    ['content', () => form.setText(at('content'), '7')],
    ['order', () => form.setSelected(at('order'), ['seeking', 'employed', 'other'])],
    ['since', () => form.setText(at('since'), '1999-12-31')],
  ])('can be given to %s, whatever its kind', (name, answer) => {
    answer()
    const before = value(name)
    expect(before).toBeTruthy()
    form.setMissing(at(name), 'refused')
    expect([value(name), value(`${name}_missing`)]).toEqual([undefined, 'refused'])
    form.setMissing(at(name), null)
    expect([value(name), value(`${name}_missing`)]).toEqual([before, undefined])
  })

  it('takes a file or a place away for good', () => {
    form.attach(at('house'), 'house-1.jpg')
    form.setMissing(at('house'), 'refused')
    expect([value('house'), value('house_missing')]).toEqual([undefined, 'refused'])
    form.setMissing(at('house'), null)
    expect(at('house').answered).toBe(false)
    form.attach(at('house'), 'house-2.jpg')
    expect([value('house'), value('house_missing')]).toEqual(['house-2.jpg', undefined])
    form.setText(at('place'), '51.4344 6.7623 0 4')
    expect(at('place')).toMatchObject({ answered: true, settled: true })
    form.setMissing(at('place'), 'dont_know')
    expect([value('place'), value('place_missing')]).toEqual([undefined, 'dont_know'])
    expect(at('place')).toMatchObject({ answered: false, settled: true })
  })

  it('hides what depends on the answer, and stands in each entry for itself', () => {
    form.setSelected(at('work'), ['employed'])
    form.setText(at('employer'), 'Werk')
    form.setMissing(at('work'), 'refused')
    expect(everything(form).map(({ name }) => name)).not.toContain('employer')
    form.setMissing(question(form, '/data/trips[2]/year'), 'dont_know')
    form.addEntry(roster(form, '/data/trips[2]/stops'))
    form.setMissing(question(form, '/data/trips[2]/stops[1]/stop'), 'refused')
    expect(question(form, '/data/trips[1]/year').settled).toBe(false)
    expect(form.draft().instanceXml).toMatch(/<trips><year\/>.*<year_missing>dont_know<.*<stop_missing>refused</u)
  })

  it('comes back with the draft, also where a relevance hides it', async () => {
    form.setSelected(at('work'), ['employed'])
    form.setMissing(at('employer'), 'refused')
    form.setMissing(at('age'), 'dont_know')
    form.setSelected(at('work'), ['seeking'])
    expect(form.draft().instanceXml).not.toContain('<employer_missing>')
    form = await resumed()
    expect(at('age').missing?.chosen).toBe('dont_know')
    form.setSelected(at('work'), ['employed'])
    expect(at('employer').missing?.chosen).toBe('refused')
    form.setText(at('employer'), 'Werk')
    expect([value('employer'), value('employer_missing')]).toEqual(['Werk', undefined])
  })

  it('beside an answer, as another client may have left it, is told at the question', async () => {
    form.setText(at('age'), '40')
    const content = form.draft()
    const instanceXml = content.instanceXml.replace('<age_missing/>', '<age_missing>refused</age_missing>')
    form = await engine().open(REASONS, METADATA, { version: REASONS.version, content: { ...content, instanceXml } })
    expect(at('age').problem?.condition).toBe('constraint')
  })

  it('is refused where the form offers none', () => {
    expect(() => form.setMissing(at('town'), 'refused')).toThrow(TypeError)
  })
})

describe('the texts of a question', () => {
  it('keep the guidance apart from the hint, with its emphasis and in each language', () => {
    const texts = () => [at('age').hint?.plain, at('age').guidance?.plain, at('work').hint, at('work').guidance?.plain]
    expect(texts()).toEqual(['In Jahren', 'Vollendete Jahre zählen.', null, 'Nur vorlesen, wenn gefragt wird.'])
    expect(at('age').guidance?.pieces.some((piece) => piece.kind === 'element' && piece.name === 'strong')).toBe(true)
    form.setLanguage('bg')
    expect(texts()).toEqual(['В години', 'Броят се навършените години.', null, 'Прочетете само при въпрос.'])
  })

  it('name their pictures apart from their words', () => {
    expect(at('map').label?.plain).toBe('Die Karte')
    expect(at('map').media).toEqual({ image: 'klein.png', audio: null, video: null, big: 'karta.png' })
    expect(at('age').media).toBeNull()
  })
})

describe('every type of the language of forms', () => {
  it('has its input, or is not seen', () => {
    const kinds = Object.fromEntries(form.sections.flatMap(({ items }) => questionsIn(items)).map(({ name, kind }) => [name, kind]))
    expect(kinds).toEqual({
      age: 'integer',
      work: 'one',
      offices: 'many',
      content: 'range',
      order: 'rank',
      since: 'date',
      house: 'photo',
      place: 'geopoint',
      way: 'geotrace',
      field: 'geoshape',
      voice: 'audio',
      film: 'video',
      paper: 'file',
      hour: 'time',
      moment: 'datetime',
      code: 'barcode',
      rent: 'decimal',
      read: 'acknowledge',
      town: 'one',
      map: 'note',
      year: 'integer',
    })
  })
})

describe('a counted repeat', () => {
  it('has the entries that the form counts, each with an empty repeat in it', () => {
    expect(roster(form, '/data/trips').open).toBe(false)
    expect(roster(form, '/data/trips').entries).toHaveLength(2)
    expect(roster(form, '/data/trips[2]/stops').entries).toHaveLength(0)
  })
})
