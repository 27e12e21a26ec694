// @vitest-environment jsdom
import { effect } from 'vue'
import { describe, expect, it } from 'vitest'
import type { LoadedForm } from '../services'
import type { OpenForm } from './open_form'
import { HOUSEHOLD as FORM, METADATA, answers, engine, question, roster } from './testing/engine'

const shared = engine()

const begin = (): Promise<OpenForm> => shared.open(FORM, METADATA)

/** Through what a store does to a draft: JSON, with its keys in any order. */
async function resume(form: OpenForm, loaded: LoadedForm = FORM): Promise<OpenForm> {
  const written = JSON.parse(JSON.stringify(form.draft())) as ReturnType<OpenForm['draft']>
  const shuffled = Object.fromEntries(Object.entries(written.hidden).reverse())
  const content = { ...written, hidden: shuffled }
  return engine().open(loaded, METADATA, { version: FORM.version, content })
}

const choose = (form: OpenForm, reference: string, ...values: string[]): void =>
  form.setSelected(question(form, reference), values)
const type = (form: OpenForm, reference: string, text: string): void => form.setText(question(form, reference), text)

async function agreed(): Promise<OpenForm> {
  const form = await begin()
  choose(form, '/data/consent/agree', 'yes')
  return form
}

async function withMembers(): Promise<OpenForm> {
  const form = await agreed()
  for (const [index, name] of ['Ana', 'Boris', 'Vera'].entries()) {
    form.addEntry(roster(form, '/data/member'))
    const at = `/data/member[${index + 1}]`
    type(form, `${at}/member_name`, name)
    choose(form, `${at}/abroad`, name === 'Boris' ? 'no' : 'yes')
    if (name === 'Boris') continue
    for (const months of [3, 8]) {
      const trips = roster(form, `${at}/trip`)
      form.addEntry(trips)
      const trip = `${at}/trip[${trips.entries.length}]`
      choose(form, `${trip}/land`, 'bg')
      type(form, `${trip}/months`, String(months))
    }
  }
  return form
}

describe('sections', () => {
  it('are the groups and repeats that are shown, and follow the answers', async () => {
    const form = await begin()
    const names = (): string[] => form.sections.map(({ name }) => name)
    expect(names()).toEqual(['consent', 'photo'])
    choose(form, '/data/consent/agree', 'yes')
    expect(names()).toEqual(['consent', 'household', 'member', 'photo'])
    expect(form.sections[1]?.label?.plain).toBe('Haushalt')
  })

  it('count what is asked, answered and missing', async () => {
    const form = await agreed()
    const household = form.sections[1]
    expect(form.counts(household?.items ?? [])).toEqual({ asked: 7, answered: 0, problems: 2 })
    type(form, '/data/household/head', 'Ana')
    type(form, '/data/household/size', '40')
    expect(form.counts(household?.items ?? [])).toEqual({ asked: 7, answered: 2, problems: 1 })
  })

  it('are followed by Vue', async () => {
    const form = await begin()
    const seen: number[] = []
    effect(() => seen.push(form.sections.length))
    choose(form, '/data/consent/agree', 'yes')
    expect(seen.at(-1)).toBe(4)
    choose(form, '/data/consent/agree', 'no')
    expect(seen.at(-1)).toBe(2)
  })
})

describe('problems', () => {
  it('carry the message of the form in its language, or none', async () => {
    const form = await agreed()
    const size = question(form, '/data/household/size')
    expect(size.problem).toEqual({ condition: 'required', message: null })
    type(form, '/data/household/size', '40')
    expect(size.problem).toEqual({ condition: 'constraint', message: 'Bitte eine Zahl von 1 bis 29.' })
    form.setLanguage('bg')
    expect(size.problem?.message).toBe('Моля, число от 1 до 29.')
    type(form, '/data/household/size', '4')
    expect(size.problem).toBeNull()
    type(form, '/data/household/area', '2')
    expect(question(form, '/data/household/area').problem).toEqual({ condition: 'constraint', message: null })
  })
})

describe('language', () => {
  it('changes every text, follows in Vue, and comes back with the draft', async () => {
    const form = await agreed()
    type(form, '/data/household/head', 'Елена')
    const area = question(form, '/data/household/area')
    const seen: string[] = []
    effect(() => seen.push(`${area.label?.plain} ${question(form, '/data/consent/agree').choices[0]?.label.plain}`))
    expect(seen.at(-1)).toBe('Wie groß ist die Wohnung von Елена, in Quadratmetern? Ja')
    expect(form.languages).toEqual([
      { tag: 'de', name: 'Deutsch' },
      { tag: 'bg', name: 'Български' },
    ])
    form.setLanguage('bg')
    expect(seen.at(-1)).toBe('Колко голямо е жилището на Елена в квадратни метри? Да')
    expect((await resume(form)).language).toBe('bg')
    form.setLanguage('fr')
    expect(form.language).toBe('bg')
  })
})

describe('hidden answers', () => {
  it('come back when they are relevant again, also after being stored', async () => {
    const form = await agreed()
    type(form, '/data/household/head', 'Ana & <Co>')
    type(form, '/data/household/area', '55.5')
    choose(form, '/data/household/languages', 'bg', 'tr')
    type(form, '/data/household/since', '1999-12-31')
    type(form, '/data/household/content', '7')
    form.acknowledge(question(form, '/data/consent/informed'), true)
    form.attach(question(form, '/data/photo/house'), 'house-1.jpg')
    const before = answers(form)
    choose(form, '/data/consent/agree', 'no')
    expect(form.draft().instanceXml).not.toContain('Ana')
    expect((await form.finish()).attachmentNames).toEqual([])

    const again = await resume(await resume(form))
    expect(answers(again)).toEqual({ '/data/consent/agree': 'no' })
    choose(again, '/data/consent/agree', 'yes')
    expect(answers(again)).toEqual(before)
    expect((await again.finish()).attachmentNames).toEqual(['house-1.jpg'])
  })

  it('do not come back when they were taken back', async () => {
    const form = await agreed()
    type(form, '/data/household/head', 'Ana')
    type(form, '/data/household/head', '')
    choose(form, '/data/consent/agree', 'no')
    const again = await resume(form)
    choose(again, '/data/consent/agree', 'yes')
    expect(answers(again)).toEqual({ '/data/consent/agree': 'yes' })
  })

  it('keep the entries of hidden repeats, and of repeats in them', async () => {
    const form = await withMembers()
    const before = answers(form)
    expect(Object.keys(before)).toContain('/data/member[3]/trip[2]/months')
    choose(form, '/data/consent/agree', 'no')
    const again = await resume(form)
    expect(again.draft().instanceXml).not.toContain('member')
    choose(again, '/data/consent/agree', 'yes')
    expect(answers(again)).toEqual(before)
  })

  it('keep a hidden repeat in an entry that is shown', async () => {
    const form = await withMembers()
    const before = answers(form)
    choose(form, '/data/member[1]/abroad', 'no')
    expect(roster(form, '/data/member').entries).toHaveLength(3)
    const again = await resume(form)
    expect(Object.keys(answers(again)).some((each) => each.startsWith('/data/member[1]/trip'))).toBe(false)
    choose(again, '/data/member[1]/abroad', 'yes')
    expect(answers(again)).toEqual(before)
  })
})

describe('repeats', () => {
  it('begin empty, the outer and the inner alike', async () => {
    const form = await agreed()
    expect(roster(form, '/data/member').entries).toHaveLength(0)
    form.addEntry(roster(form, '/data/member'))
    choose(form, '/data/member[1]/abroad', 'yes')
    expect(roster(form, '/data/member[1]/trip').entries).toHaveLength(0)
    const again = await resume(form)
    expect(roster(again, '/data/member[1]/trip').entries).toHaveLength(0)
  })

  it('lose the entry that is removed and no other', async () => {
    const form = await withMembers()
    const members = roster(form, '/data/member')
    const [, boris] = members.entries
    if (boris === undefined) throw new Error('no second entry')
    form.removeEntry(members, boris)
    expect(question(form, '/data/member[2]/member_name').text).toBe('Vera')
    expect(answers(await resume(form))).toEqual(answers(form))
    expect(question(form, '/data/member[2]/trip[2]/months').label?.plain).toBe('Wie viele Monate?')
  })

  it('offer the choices of their own entry', async () => {
    const form = await withMembers()
    choose(form, '/data/member[1]/trip[1]/land', 'de')
    const regions = question(form, '/data/member[1]/trip[1]/region').choices.map(({ value }) => value)
    expect(regions).toEqual(['ruhr', 'berlin'])
  })
})

describe('attachments', () => {
  it('stand in the instance by name, also after a draft was resumed', async () => {
    const form = await agreed()
    form.attach(question(form, '/data/photo/house'), 'house-1.jpg')
    form.attach(question(form, '/data/photo/document'), 'document-2.pdf')
    const again = await resume(form)
    const finished = await again.finish()
    expect(finished.attachmentNames).toEqual(['house-1.jpg', 'document-2.pdf'])
    expect(finished.instanceXml).toContain('<house>house-1.jpg</house>')
  })

  it('can be replaced and removed after a draft was resumed', async () => {
    const form = await agreed()
    form.attach(question(form, '/data/photo/house'), 'house-1.jpg')
    form.attach(question(form, '/data/photo/document'), 'document-2.pdf')
    const again = await resume(form)
    again.attach(question(again, '/data/photo/house'), 'house-3.jpg')
    again.detach(question(again, '/data/photo/document'))
    expect(question(again, '/data/photo/document').answered).toBe(false)
    const last = await resume(again)
    expect((await last.finish()).attachmentNames).toEqual(['house-3.jpg'])
  })
})

describe('a draft', () => {
  it('keeps every answer and the identity of the instance', async () => {
    const form = await withMembers()
    const again = await resume(form)
    expect(answers(again)).toEqual(answers(form))
    const id = /<instanceID>([^<]+)</u.exec(form.draft().instanceXml)?.[1]
    expect(id).toMatch(/^uuid:/u)
    expect(again.draft().instanceXml).toContain(`<instanceID>${id}<`)
  })

  it('knows where the interviewer was and how far', async () => {
    const form = await agreed()
    form.position = '/data/household'
    type(form, '/data/household/head', 'Ana')
    const again = await resume(form)
    expect(again.position).toBe('/data/household')
    expect(again.draft().progress).toEqual({ answered: 2, asked: 13 })
  })

  it('is refused under another version of its form', async () => {
    const form = await agreed()
    await expect(resume(form, { ...FORM, version: 'v2' })).rejects.toMatchObject({ code: 'draft.version' })
  })

  it('is refused when it is damaged', async () => {
    const form = await agreed()
    const content = { ...form.draft(), instanceXml: '<data><cut' }
    await expect(shared.open(FORM, METADATA, { version: 'v1', content })).rejects.toMatchObject({
      code: 'draft.unreadable',
    })
  })
})

describe('a form', () => {
  it('that the engine cannot read is named with a reason, and can be tried again', async () => {
    const broken = { ...FORM, version: 'broken', xform: '<html/>' }
    const own = engine()
    await expect(own.open(broken, METADATA)).rejects.toMatchObject({ code: 'form.unreadable' })
    const repaired = await own.open({ ...broken, xform: FORM.xform }, METADATA)
    expect(repaired.sections).toHaveLength(2)
  })

  it('fills in who collected it and when', async () => {
    const form = await agreed()
    expect(form.draft().instanceXml).toMatch(/<deviceid>tablet-7<.*<username>int-3</u)
    expect(form.draft().instanceXml).toMatch(/<start>\d{4}-.*<end\/>/u)
    const resumed = await resume(form)
    const start = /<start>([^<]+)</u.exec(form.draft().instanceXml)?.[1]
    const { instanceXml } = await resumed.finish()
    expect(instanceXml).toContain(`<start>${start}</start>`)
    expect(instanceXml).toMatch(/<end>\d{4}-/u)
  })

  it('kept in memory gives each interview an instance of its own', async () => {
    const first = await agreed()
    type(first, '/data/household/head', 'Ana')
    const second = await begin()
    expect(answers(second)).toEqual({})
    const ids = [first, second].map((form) => /<instanceID>([^<]+)</u.exec(form.draft().instanceXml)?.[1])
    expect(new Set(ids).size).toBe(2)
  })

  it('names a question that the app cannot show', async () => {
    const unknown = { ...FORM, version: 'v2', xform: FORM.xform.replace('type="geopoint"', 'type="intent"') }
    const form = await engine().open(unknown, METADATA)
    choose(form, '/data/consent/agree', 'yes')
    const place = question(form, '/data/photo/place')
    expect([place.kind, place.type]).toEqual(['unrendered', 'intent'])
  })
})
