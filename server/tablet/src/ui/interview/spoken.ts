/** An answer as words: in lists of entries, and where it is only to be read. */
import type { Question } from '../../form/model'

/** How precisely a date is meant: what the form does not ask for is not shown either. */
export type Precision = 'year' | 'month' | 'day'

export function precisionOf(appearances: ReadonlySet<string>): Precision {
  if (appearances.has('year')) return 'year'
  return appearances.has('month-year') ? 'month' : 'day'
}

const FORMATS: Readonly<Record<Precision, Intl.DateTimeFormatOptions>> = {
  year: { year: 'numeric' },
  month: { year: 'numeric', month: 'long' },
  day: { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' },
}

/** English days come before months in Europe. */
export function dateLocale(language: string): string {
  return language === 'en' ? 'en-GB' : language
}

/** `2026-05-01` in words; a text that is no date stays as it is. */
export function spokenDate(text: string, precision: Precision, language: string): string {
  const [, year = '', month = '1', day = '1'] = /^(-?\d{1,6})-(\d\d)-(\d\d)/u.exec(text) ?? []
  if (year === '') return text
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)))
  date.setUTCFullYear(Number(year))
  return new Intl.DateTimeFormat(dateLocale(language), { ...FORMATS[precision], timeZone: 'UTC' }).format(date)
}

/** A number with the decimal mark of a language, and in groups of three where asked for. */
export function spokenNumber(text: string, language: string, isGrouped = false): string {
  if (!/^-?\d+(\.\d+)?$/u.test(text)) return text
  const [whole = '', decimals] = text.split('.')
  const grouped = isGrouped ? whole.replaceAll(/\B(?=(\d{3})+$)/gu, '\u{202F}') : whole
  return decimals === undefined ? grouped : `${grouped}${language === 'en' ? '.' : ','}${decimals}`
}

/** What a question says, in words of the form where it has them. Empty where it says nothing. */
export function spoken(question: Question, language: string): string {
  const { kind, text, type, appearances } = question
  if (kind === 'acknowledge') return text === '' ? '' : '✓'
  if (kind !== 'one' && kind !== 'many' && kind !== 'rank') {
    return spokenText(text, kind === 'note' ? type : kind, appearances, language)
  }
  const labels = new Map(question.choices.map(({ value, label }) => [value, label.plain]))
  const words = question.selected.map((value) => labels.get(value) ?? value)
  return words.join(kind === 'rank' ? ' › ' : ', ')
}

function spokenText(text: string, type: string, appearances: ReadonlySet<string>, language: string): string {
  if (text === '') return ''
  switch (type) {
    case 'integer':
    case 'int':
    case 'decimal':
    case 'range':
      return spokenNumber(text, language, appearances.has('thousands-sep'))
    case 'date':
      return spokenDate(text, precisionOf(appearances), language)
    case 'time':
      return text.slice(0, 5)
    case 'datetime':
    case 'dateTime':
      return `${spokenDate(text, 'day', language)}, ${text.slice(11, 16)}`
    default:
      return text
  }
}
