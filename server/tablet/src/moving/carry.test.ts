// @vitest-environment jsdom
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carried, type Carried } from './carry'
import { outlineOf } from './outline'
import { byPlace, saidIn } from './said'
import { written } from './written'

type Item = Readonly<Record<string, unknown>>

const LISTS = { few: [{ name: 'a' }, { name: 'b' }], more: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }

/** What becomes of an answer to a question when another is asked in its place; null where it stays. */
function fate(before: Item, text: string, after: Item, more: Item = {}): string | null {
  const form = (question: Item, extra: Item): unknown => ({ languages: [{ code: 'de' }], choices: LISTS, ...extra, questions: [{ name: 'q', ...question }] })
  const outline = outlineOf(form(before, {}))
  const said = saidIn({ instanceXml: `<data><q>${text}</q></data>`, hidden: {} }, outline)
  const { lost, answers } = carried({ outline, said }, { outline: outlineOf(form(after, more)), said: null })
  expect(answers.get('q') ?? null).toBe(lost.length === 0 ? text : null)
  return lost[0]?.reason ?? null
}

describe('an answer', () => {
  it('stays where its kind is the same or one that reads it', () => {
    expect(fate({ type: 'integer' }, '12', { type: 'integer' })).toBeNull()
    expect(fate({ type: 'integer' }, '12', { type: 'decimal' })).toBeNull()
    expect(fate({ type: 'decimal' }, '1.5', { type: 'text' })).toBeNull()
    expect(fate({ type: 'date' }, '2026-05-01', { type: 'text' })).toBeNull()
    expect(fate({ type: 'select_one', choices: 'more' }, 'a', { type: 'select_multiple', choices: 'few' })).toBeNull()
  })

  it('has no place where another kind would have to guess', () => {
    expect(fate({ type: 'text' }, '12', { type: 'integer' })).toBe('kind')
    expect(fate({ type: 'decimal' }, '1.5', { type: 'integer' })).toBe('kind')
    expect(fate({ type: 'range', parameters: { start: 0, end: 1, step: 0.1 } }, '0.5', { type: 'integer' })).toBe('kind')
    // The name of a choice is not what somebody said.
    expect(fate({ type: 'select_one', choices: 'few' }, 'a', { type: 'text' })).toBe('kind')
    expect(fate({ type: 'image' }, 'house.jpg', { type: 'text' })).toBe('kind')
    expect(fate({ type: 'integer' }, '12', { type: 'note' })).toBe('kind')
    expect(fate({ type: 'integer' }, '12', { type: 'integer', name: 'other' })).toBe('question')
  })

  it('needs all that was chosen among the choices, and an order all of them', () => {
    expect(fate({ type: 'select_one', choices: 'more' }, 'b', { type: 'select_one', choices: 'few' })).toBeNull()
    expect(fate({ type: 'select_one', choices: 'more' }, 'c', { type: 'select_one', choices: 'few' })).toBe('choice')
    expect(fate({ type: 'select_multiple', choices: 'more' }, 'a c', { type: 'select_multiple', choices: 'few' })).toBe('choice')
    expect(fate({ type: 'select_multiple', choices: 'few' }, 'b a', { type: 'select_multiple', choices: 'more' })).toBeNull()
    expect(fate({ type: 'rank', choices: 'few' }, 'b a', { type: 'rank', choices: 'more' })).toBe('choice')
    expect(fate({ type: 'select_one', choices_file: 'towns.csv' }, 'x', { type: 'select_one', choices_file: 'towns.csv' })).toBeNull()
    expect(fate({ type: 'select_one', choices_file: 'towns.csv' }, 'x', { type: 'select_one', choices_file: 'places.csv' })).toBe('choice')
  })

  it('stays on a scale only where the scale has it', () => {
    const scale = (start: number, end: number, step: number): Item => ({ type: 'range', parameters: { start, end, step } })
    expect(fate(scale(0, 10, 1), '7', scale(5, 9, 2))).toBeNull()
    expect(fate(scale(0, 10, 1), '6', scale(5, 9, 2))).toBe('kind')
    expect(fate({ type: 'integer' }, '11', scale(0, 10, 1))).toBe('kind')
    expect(fate({ type: 'integer' }, '10', scale(10, 0, -1))).toBeNull()
  })

  it('that is the recording of the whole stays where the other version records it too', () => {
    expect(fate({ type: 'background_audio' }, 'q-12345678.webm', { type: 'background_audio' })).toBeNull()
  })

  it('has another place inside a repeat', () => {
    const inner = { questions: [{ type: 'text', name: 'q' }] }
    const [group, repeat] = ['group', 'repeat'].map((type) => outlineOf({ questions: [{ type, name: 'g', ...inner }] }))
    if (group === undefined || repeat === undefined) throw new Error('no outlines')
    const content = { instanceXml: '<data><g><q>x</q></g></data>', hidden: {} }
    expect(carried({ outline: group, said: saidIn(content, group) }, { outline: repeat, said: null }).lost).toMatchObject([{ place: 'g/q', reason: 'question' }])
    expect(carried({ outline: repeat, said: saidIn(content, repeat) }, { outline: group, said: null }).lost).toMatchObject([{ place: 'g[1]/q', reason: 'question' }])
  })
})

describe('entries that are alike', () => {
  const list = (more: readonly Item[]): Item[] => [{ type: 'repeat', name: 'r', questions: [{ type: 'text', name: 'q' }, ...more] }]
  const [first, second] = [outlineOf({ questions: list([{ type: 'text', name: 'own' }]) }), outlineOf({ questions: list([]) })]
  const XML = '<data><r><q>x</q><own>1</own></r><r><q>x</q><own>2</own></r><r><q>y</q><own>3</own></r></data>'
  const back = (now: string): Carried => {
    const said = saidIn({ instanceXml: now, hidden: {} }, second)
    return carried({ outline: second, said }, { outline: first, said: saidIn({ instanceXml: XML, hidden: {} }, first) })
  }
  const after = (found: Carried): readonly (string | undefined)[] => (found.repeats.get('r') ?? []).map(({ answers }) => answers.get('own'))

  it('get back what only they said as long as there are as many of them', () => {
    expect(after(back('<data><r><q>y</q></r><r><q>x</q></r><r><q>x</q></r></data>'))).toEqual(['3', '1', '2'])
  })

  it('get nothing back where nobody knows which of them is gone', () => {
    const found = back('<data><r><q>x</q></r><r><q>y</q></r></data>')
    expect(after(found)).toEqual([undefined, '3'])
    expect(found.lost.map(({ text, reason }) => [text, reason])).toEqual([['1', 'entry'], ['2', 'entry']])
  })
})

describe('consent', () => {
  const YES_NO = { y: [{ name: 'yes', label: { de: 'Ja' } }, { name: 'no', label: { de: 'Nein' } }] }
  const page = (words: Item, note = 'Guten Tag.', thanks = 'Danke.'): unknown => ({
    languages: Object.keys(words).map((code) => ({ code })),
    choices: YES_NO,
    questions: [
      {
        type: 'group',
        name: 'g',
        questions: [
          { type: 'note', name: 'n', label: { de: note } },
          { type: 'select_one', name: 'consent', choices: 'y', consent: true, label: words },
          { type: 'image', name: 'sign', appearance: 'signature' },
          { type: 'note', name: 'thanks', label: { de: thanks } },
        ],
      },
    ],
  })
  const XML = '<data><g><consent>yes</consent><sign>sign.png</sign></g></data>'
  const lost = (after: unknown): readonly string[] => {
    const outline = outlineOf(page({ de: 'Ja?' }))
    const said = saidIn({ instanceXml: XML, hidden: {} }, outline)
    return carried({ outline, said }, { outline: outlineOf(after), said: null }).lost.map(({ place, reason }) => `${place} ${reason}`)
  }

  it('stays as long as the respondent was told the same, in the languages that there were', () => {
    expect(lost(page({ de: 'Ja?' }))).toEqual([])
    expect(lost(page({ de: 'Ja?', bg: 'Да?' }))).toEqual([])
    expect(lost(page({ de: 'Ja?' }, 'Guten Tag.', 'Vielen Dank.'))).toEqual([])
  })

  it('does not stand with its signature where other words are read', () => {
    expect(lost(page({ de: 'Wirklich?' }))).toEqual(['g/consent consent', 'g/sign consent'])
    expect(lost(page({ de: 'Ja?' }, 'Wir geben alles weiter.'))).toEqual(['g/consent consent', 'g/sign consent'])
  })
})

/** Forms of questions and a repeat, by which names there are and of which type each is. */
const types = fc.constantFrom<Item>(
  { type: 'text' },
  { type: 'integer' },
  { type: 'decimal' },
  { type: 'select_one', choices: 'few' },
  { type: 'select_multiple', choices: 'more' },
)
const questions = fc.uniqueArray(fc.record({ name: fc.constantFrom('p', 'q', 'r', 's'), is: types }), { selector: ({ name }) => name })
const forms = fc.record({ outer: questions, inner: questions, hasRepeat: fc.boolean() }).map(({ outer, inner, hasRepeat }) => {
  const asked = (all: typeof outer): Item[] => all.map(({ name, is }) => ({ name, ...is }))
  const repeat = hasRepeat ? [{ type: 'repeat', name: 'entry', questions: asked(inner) }] : []
  return outlineOf({ choices: LISTS, questions: [...asked(outer), ...repeat] })
})
const texts = fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), fc.constantFrom('', '1', '1.5', 'a', 'b', 'a c', 'Ана'))
const drafts = fc.record({ outer: texts, entries: fc.array(texts, { maxLength: 3 }) })

function xmlOf({ outer, entries }: { readonly outer: Item; readonly entries: readonly Item[] }): string {
  const all = (answers: Item): string => Object.entries(answers).map(([name, text]) => `<${name}>${String(text)}</${name}>`).join('')
  return `<data>${all(outer)}${entries.map((entry) => `<entry>${all(entry)}</entry>`).join('')}</data>`
}

describe('whatever the versions are', () => {
  it('each answer stays at its place as it is, or is told; nothing is made up', () => {
    fc.assert(
      fc.property(forms, forms, drafts, (from, to, draft) => {
        const said = saidIn({ instanceXml: xmlOf(draft), hidden: {} }, from)
        const found = carried({ outline: from, said }, { outline: to, said: null })
        const before = byPlace(said)
        const after = byPlace(saidIn({ instanceXml: written('<data/>', found), hidden: {} }, to))
        const told = new Map(found.lost.map(({ place, text }) => [place, text]))
        for (const [place, { text }] of before) expect(after.get(place)?.text ?? told.get(place)).toBe(text)
        for (const [place, { text }] of after) expect(before.get(place)?.text).toBe(text)
        expect([after.size, after.size + told.size]).toEqual([found.stays, before.size])
      }),
    )
  })

  it('the way back says all again', () => {
    fc.assert(
      fc.property(forms, forms, drafts, (from, to, draft) => {
        const said = saidIn({ instanceXml: xmlOf(draft), hidden: {} }, from)
        const there = written('<data/>', carried({ outline: from, said }, { outline: to, said: null }))
        const back: Carried = carried({ outline: to, said: saidIn({ instanceXml: there, hidden: {} }, to) }, { outline: from, said })
        const again = saidIn({ instanceXml: written(xmlOf(draft), back), hidden: {} }, from)
        expect(byPlace(again)).toEqual(byPlace(said))
        expect(again.repeats.get('entry')?.length).toBe(said.repeats.get('entry')?.length)
        expect(back.lost).toEqual([])
      }),
    )
  })
})
