/** The questions of a spell that the calendar reads and writes, found by the names that the language of forms gives them. */
import type { Choice, Entry, FormItem, Question } from '../../form/model'
import type { Moment, Precision } from '../../calendar/time'

/** A point in time: a year and perhaps a month, or a date that is as exact as it is asked for. */
export type When =
  | { readonly kind: 'parts'; readonly year: Question; readonly month: Question | null }
  | { readonly kind: 'date'; readonly date: Question; readonly precision: Precision }

export interface Fields {
  readonly domain: Question
  readonly start: When
  readonly end: When
  readonly ongoing: Question | null
  readonly country: Question | null
  /** What is written on a spell: `what` and `place`, as far as they are asked. */
  readonly words: readonly Question[]
  readonly gapConfirmed: Question | null
  readonly overlapConfirmed: Question | null
}

/** The questions of an entry by name, hidden ones too; those of a repeat within it are not among them. */
export function namedIn(items: readonly FormItem[], found = new Map<string, Question>()): ReadonlyMap<string, Question> {
  for (const item of items) {
    if (item.item === 'question' && !found.has(item.name)) found.set(item.name, item)
    else if (item.item === 'group') namedIn(item.children, found)
  }
  return found
}

/** Null where the entry lacks what a calendar needs. */
export function fieldsOf(entry: Entry): Fields | null {
  const named = namedIn(entry.children)
  const of = (name: string, ...kinds: readonly Question['kind'][]): Question | null => {
    const found = named.get(name)
    return found !== undefined && kinds.includes(found.kind) ? found : null
  }
  const domain = of('domain', 'one')
  const start = whenOf(named, 'start_year', 'start_month', 'start')
  const end = whenOf(named, 'end_year', 'end_month', 'end')
  if (domain === null || start === null || end === null) return null
  return {
    domain,
    start,
    end,
    ongoing: of('ongoing', 'one'),
    country: of('country', 'one'),
    words: [of('what', 'text', 'one'), of('place', 'text', 'one')].filter((each) => each !== null),
    gapConfirmed: of('gap_confirmed', 'acknowledge'),
    overlapConfirmed: of('overlap_confirmed', 'acknowledge'),
  }
}

export function whenOf(named: ReadonlyMap<string, Question>, year: string, month: string, date: string): When | null {
  const asked = named.get(year)
  if (asked?.kind === 'integer') {
    const inYear = named.get(month)
    return { kind: 'parts', year: asked, month: inYear?.kind === 'integer' ? inYear : null }
  }
  const day = named.get(date)
  return day?.kind === 'date' ? { kind: 'date', date: day, precision: day.appearances.has('year') ? 'year' : 'month' } : null
}

/** As it was answered; null where there is no year. */
export function momentOf(when: When): Moment | null {
  if (when.kind === 'date') {
    const [, year, month] = /^(\d{4})-(\d\d)/u.exec(when.date.text) ?? []
    if (year === undefined) return null
    return { year: Number(year), month: when.precision === 'year' ? null : Number(month) }
  }
  if (!when.year.relevant || !/^\d{1,4}$/u.test(when.year.text)) return null
  const month = Number(when.month?.text || Number.NaN)
  return { year: Number(when.year.text), month: month >= 1 && month <= 12 ? month : null }
}

export function hasMonths(when: When): boolean {
  return when.kind === 'date' ? when.precision === 'month' : when.month !== null
}

/** What a select question says in words, or a text; empty where it says nothing. */
export function wordsOf(question: Question | null): string {
  if (question === null || !question.relevant) return ''
  if (question.kind !== 'one') return question.text
  const [value] = question.selected
  return question.choices.find((choice) => choice.value === value)?.label.plain ?? value ?? ''
}

export interface Row {
  readonly value: string
  readonly label: string
}

/** What the form lets a history consist of; read from an entry, since a repeat without one has no questions. */
export interface Shape {
  readonly domains: readonly Row[]
  readonly countries: readonly Row[]
  readonly hasMonths: boolean
}

export function shapeOf(fields: Fields): Shape {
  const rows = (choices: readonly Choice[]): readonly Row[] =>
    choices.map(({ value, label }) => ({ value, label: label.plain }))
  return {
    domains: rows(fields.domain.choices),
    countries: rows(fields.country?.choices ?? []),
    hasMonths: hasMonths(fields.start) && hasMonths(fields.end),
  }
}
