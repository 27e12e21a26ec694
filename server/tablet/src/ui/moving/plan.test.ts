// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import type { OpenForm } from '../../form/open_form'
import { METADATA, engine, question, roster } from '../../form/testing/engine'
import { metaText } from '../../form/meta'
import { FIRST, SECOND } from '../../moving/testing/forms'
import { read } from '../../paradata/journal'
import { TabletError, type DraftAside, type DraftContent, type FormVersion, type LoadedForm, type Tablet } from '../../services'
import { planMove, type Plan } from './plan'

const shared = engine()
/** A draft that is moved as the store does it. */
let now: { form: FormVersion; content: DraftContent }
let aside: DraftAside[]
let journal: string[]
let forms: readonly LoadedForm[]

const tablet = {
  recorder: null,
  identity: () => Promise.resolve(METADATA),
  forms: { load: (version: string) => Promise.resolve(formOf(version)) },
  drafts: {
    load: () => Promise.resolve({ summary: { form: now.form }, content: now.content, revision: 3 }),
    aside: () => Promise.resolve(aside),
    journal: () => Promise.resolve(journal),
  },
} as unknown as Tablet

function formOf(version: string): LoadedForm {
  const found = forms.find((form) => form.version === version)
  if (found === undefined) throw new TabletError('form.unknown')
  return found
}

/** Opens the draft, answers, and keeps it. */
async function answered(give: (form: OpenForm) => void): Promise<void> {
  const form = await shared.open(formOf(now.form.version), METADATA, { version: now.form.version, content: now.content })
  give(form)
  now.content = { ...now.content, ...form.draft() }
}

async function opened(): Promise<OpenForm> {
  return shared.open(formOf(now.form.version), METADATA, { version: now.form.version, content: now.content })
}

const plan = (to: FormVersion = now.form.version === 'v1' ? SECOND : FIRST): Promise<Plan> => planMove(tablet, shared, 'd1', to)

async function moved(): Promise<Plan> {
  const done = await plan()
  aside = [{ form: now.form, content: now.content }, ...aside.filter(({ form }) => form.version !== done.to.version)]
  now = { form: done.to, content: done.content }
  return done
}

const set = (form: OpenForm, place: string, text: string): void => form.setText(question(form, `/data/${place}`), text)
const choose = (form: OpenForm, place: string, ...values: string[]): void => form.setSelected(question(form, `/data/${place}`), values)
const said = (form: OpenForm, place: string): string => question(form, `/data/${place}`).text
const lost = ({ lost: all }: Plan): string[] => all.map(({ place, text, reason }) => `${place} ${text} ${reason}`).sort()

function child(form: OpenForm, name: string, school: string | null, born: string | null, ...towns: string[]): void {
  const entry = form.addEntry(roster(form, '/data/child'))
  const at = entry.reference.slice('/data/'.length)
  set(form, `${at}/child_name`, name)
  if (school !== null) set(form, `${at}/school`, school)
  if (born !== null) set(form, `${at}/born`, born)
  for (const town of towns) {
    const stay = form.addEntry(roster(form, `${entry.reference}/stay`))
    set(form, `${stay.reference.slice('/data/'.length)}/town`, town)
  }
}

beforeEach(async () => {
  const form = await shared.open(FIRST, METADATA, null, 'bg')
  aside = []
  forms = [FIRST, SECOND]
  journal = ['[{"kind":"event","at":9999999999999,"event":"form start","node":""}]']
  choose(form, 'agreement/consent', 'yes')
  set(form, 'person/alias', 'Ана')
  form.setMissing(question(form, '/data/person/age'), 'refused')
  set(form, 'person/street', 'Hauptstraße 7')
  choose(form, 'person/work', 'employed')
  set(form, 'person/employer', 'Bäckerei')
  choose(form, 'person/work', 'seasonal')
  choose(form, 'person/spoken', 'bg', 'tr')
  form.attach(question(form, '/data/person/house'), 'house-1.jpg')
  child(form, 'Ива', 'Gesamtschule', '2011', 'Варна', 'Essen')
  child(form, 'Мартин', null, '2015')
  now = { form: FIRST, content: { ...form.draft(), card: 'abc', position: '/data/person', mayLeave: true } }
})

describe('a draft under a new version', () => {
  it('keeps what has the same place, hidden answers, entries, files, card, language and names among it', async () => {
    const [before, start] = [metaText(now.content.instanceXml, 'instanceID'), /<start>[^<]*/u.exec(now.content.instanceXml)?.[0]]
    const done = await moved()
    expect(done.content).toMatchObject({ language: 'bg', position: '/data/person', card: 'abc' })
    expect(done.revision).toBe(3)
    expect(metaText(done.content.instanceXml, 'instanceID')).toBe(before)
    expect(done.content.instanceXml).toContain(start)
    await answered((form) => choose(form, 'agreement/consent', 'yes'))
    const form = await opened()
    expect(said(form, 'person/alias')).toBe('Ана')
    expect(question(form, '/data/person/age').missing?.chosen).toBe('refused')
    expect(question(form, '/data/person/spoken').selected).toEqual(['bg', 'tr'])
    expect(said(form, 'person/house')).toBe('house-1.jpg')
    expect(said(form, 'person/rooms')).toBe('3')
    expect(said(form, 'child[1]/stay[2]/town')).toBe('Essen')
    // A number that is asked for as a text now.
    expect(said(form, 'child[2]/born')).toBe('2015')
    choose(form, 'person/work', 'employed')
    expect(said(form, 'person/employer')).toBe('Bäckerei')
  })

  it('shows beforehand what has no place, what is new, and that consent is asked again', async () => {
    const done = await plan()
    expect(lost(done)).toEqual([
      'agreement/consent yes consent',
      'child[1]/school Gesamtschule question',
      'person/street Hauptstraße 7 question',
      'person/work seasonal choice',
    ])
    expect(done.asked.map(({ path }) => path)).toEqual(['person/rooms'])
    // alias, reason, spoken, employer, photo, two children with a year each, two stays.
    expect([done.stays, done.returns, done.asksConsent, done.content.mayLeave]).toEqual([11, 0, true, false])
    expect(done.content.progress).toEqual({ answered: 11, asked: 15 })
    expect(now.form.version).toBe('v1')
  })

  it('tells what only the form itself knows to have no place, and leaves no half of it', async () => {
    // As if the languages came from a file, whose new version has one less.
    const fromFile = (form: LoadedForm): unknown =>
      JSON.parse(JSON.stringify(form.definition).replace('"choices":"languages"', '"choices_file":"languages.csv"'))
    const xform = SECOND.xform.replace('<item><itextId>languages-2</itextId><name>tr</name></item>', '')
    forms = [{ ...FIRST, definition: fromFile(FIRST) }, { ...SECOND, version: 'v3', definition: fromFile(SECOND), xform }]
    const done = await plan(forms[1])
    expect(lost(done)).toContain('person/spoken bg tr choice')
    expect(done.stays).toBe(10)
    expect(JSON.stringify(done.content)).not.toContain('bg tr')
    now = { form: done.to, content: done.content }
    await answered((form) => choose(form, 'agreement/consent', 'yes'))
    const form = await opened()
    expect([question(form, '/data/person/spoken').selected, said(form, 'person/alias')]).toEqual([[], 'Ана'])
  })

  it('has the move in its journal, whose time does not go back', async () => {
    expect(read([(await plan()).noted ?? ''])).toEqual([{ kind: 'moved', at: 9999999999999, from: 'v1', to: 'v2' }])
  })

  it('says again all that it said when it goes back with nothing changed', async () => {
    const before = now.content
    await moved()
    const done = await moved()
    expect(done.lost).toEqual([])
    expect(done.returns).toBe(4)
    expect([done.asksConsent, done.content.mayLeave]).toEqual([false, true])
    expect(done.content).toEqual(before)
  })

  it('takes along to and fro what is said meanwhile, and nothing comes back that was taken away or answered anew', async () => {
    await moved()
    await answered((form) => {
      choose(form, 'agreement/consent', 'yes')
      set(form, 'person/alias', 'Мария')
      set(form, 'person/rooms', '5')
      form.detach(question(form, '/data/person/house'))
      choose(form, 'person/work', 'seeking')
    })
    const back = await moved()
    expect(lost(back)).toEqual(['person/rooms 5 question'])
    const form = await opened()
    expect([said(form, 'person/alias'), said(form, 'person/street'), said(form, 'person/house')]).toEqual(['Мария', 'Hauptstraße 7', ''])
    expect(said(form, 'person/work')).toBe('seeking')
    expect(said(form, 'child[1]/school')).toBe('Gesamtschule')
    await moved()
    expect(said(await opened(), 'person/rooms')).toBe('5')
  })

  it('takes a no along: it is asked again, whatever was said to other words', async () => {
    await moved()
    await answered((form) => choose(form, 'agreement/consent', 'no'))
    const back = await moved()
    expect(lost(back)).toContain('agreement/consent no consent')
    expect([back.asksConsent, back.content.mayLeave]).toEqual([true, false])
  })

  it('gives no entry what another one said', async () => {
    await moved()
    await answered((form) => {
      choose(form, 'agreement/consent', 'yes')
      const [first] = roster(form, '/data/child').entries
      if (first !== undefined) form.removeEntry(roster(form, '/data/child'), first)
      child(form, 'Петър', null, '2018')
    })
    const back = await moved()
    expect(lost(back)).toContain('child/school Gesamtschule entry')
    await answered((form) => choose(form, 'agreement/consent', 'yes'))
    const form = await opened()
    expect(roster(form, '/data/child').entries).toHaveLength(2)
    expect([said(form, 'child[1]/child_name'), said(form, 'child[1]/school')]).toEqual(['Мартин', ''])
    expect([said(form, 'child[2]/child_name'), said(form, 'child[2]/school')]).toEqual(['Петър', ''])
  })
})
