/** Times in words, in the language of the interface. */
import type { Span } from '../../calendar/spell'
import type { Moment } from '../../calendar/time'

export interface Words {
  readonly today: string
  readonly endUnknown: string
}

/** `1998`, or with its month `März 1998`. */
export function momentWords({ year, month }: Moment, language: string): string {
  if (month === null) return String(year)
  return new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    Date.UTC(year, month - 1, 15),
  )
}

/** `1985 – 1998`, `2004 – heute`. */
export function spanWords({ start, end, isOpen }: Span, language: string, words: Words): string {
  const last = isOpen ? words.today : end === null ? words.endUnknown : momentWords(end, language)
  return `${momentWords(start, language)} – ${last}`
}
