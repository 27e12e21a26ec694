/** From what a person types to what stands in the instance. */

/** Result of reading a typed number: the text for the instance, or null when it is no number. */
export type Typed = string | null

const LARGEST_INTEGER = 2_147_483_647

/**
 * A whole number as people type it: blanks between the digits are let pass. Null for anything that is not one, or that
 * is beyond the 32 bits which XForms allow.
 */
export function typedInteger(typed: string): Typed {
  const text = typed.replace(/\s/gu, '')
  if (text === '') return ''
  if (!/^[+-]?\d{1,10}$/u.test(text)) return null
  const value = Number(text)
  return Math.abs(value) > LARGEST_INTEGER ? null : String(value)
}

/** A number with a decimal comma or point; the instance always has a point. Null for anything else. */
export function typedDecimal(typed: string): Typed {
  const text = typed.replace(/\s/gu, '').replace(',', '.')
  if (text === '') return ''
  if (!/^[+-]?(\d{1,15}(\.\d{0,12})?|\.\d{1,12})$/u.test(text)) return null
  return String(Number(text))
}

/** `10:30` of a time input as XForms has it, with seconds. */
export function typedTime(typed: string): string {
  return /^\d\d:\d\d$/u.test(typed) ? `${typed}:00.000` : typed
}

/** `2026-05-01T10:30` of a date and time input, in the tablet's own zone, with its offset from UTC. */
export function typedDateTime(typed: string): string {
  const moment = new Date(typed)
  if (typed === '' || Number.isNaN(moment.getTime())) return ''
  const minutes = -moment.getTimezoneOffset()
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0')
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
  return `${typed.slice(0, 16)}:00.000${offset}`
}

/** A stored time or date and time as the browser's input wants it. */
export function shownTime(stored: string): string {
  return /^(\d\d:\d\d)/u.exec(stored)?.[1] ?? ''
}

export function shownDateTime(stored: string): string {
  return /^(\d{4}-\d\d-\d\dT\d\d:\d\d)/u.exec(stored)?.[1] ?? ''
}
