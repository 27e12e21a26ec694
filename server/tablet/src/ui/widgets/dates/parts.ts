/** Days and times as people type them, in parts, and as they stand in the instance. */
import { typedDateTime, typedTime, type Typed } from '../../../form/values'
import type { Precision } from '../../interview/spoken'

/** As typed; the month is its number. */
export interface DayParts {
  readonly day: string
  readonly month: string
  readonly year: string
}

export interface TimeParts {
  readonly hour: string
  readonly minute: string
}

export type MomentParts = DayParts & TimeParts

const NO_DAY: DayParts = { day: '', month: '', year: '' }
const NO_TIME: TimeParts = { hour: '', minute: '' }

/** The parts of `2026-05-01`, or of the day in `2026-05-01T10:30:00.000+02:00`; empty ones for anything else. */
export function dayParts(text: string): DayParts {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/u.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return NO_DAY
  return { year, month: String(Number(month)), day: String(Number(day)) }
}

/** The parts of `10:30:00.000`. */
export function timeParts(text: string): TimeParts {
  const [, hour, minute] = /^(\d\d):(\d\d)/u.exec(text) ?? []
  return hour === undefined || minute === undefined ? NO_TIME : { hour, minute }
}

export function momentParts(text: string): MomentParts {
  return { ...dayParts(text), ...timeParts(text.slice(11)) }
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** Whether a day is in the calendar: 31 April is not, and 29 February only in some years. */
function exists(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  return month >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/**
 * A date as the instance has it, `2026-05-01`; what the form does not ask for is the first. Empty where nothing was
 * typed, null where it is not complete or does not exist.
 */
export function dayOf(parts: DayParts, precision: Precision): Typed {
  const asked = [parts.year, precision === 'year' ? '1' : parts.month, precision === 'day' ? parts.day : '1']
  const typed = [parts.year, ...(precision === 'year' ? [] : [parts.month]), ...(precision === 'day' ? [parts.day] : [])]
  if (typed.every((part) => part.trim() === '')) return ''
  if (!/^\d{4}$/u.test(parts.year.trim()) || asked.some((part) => !/^\d+$/u.test(part.trim()))) return null
  const [year = 0, month = 0, day = 0] = asked.map(Number)
  return exists(year, month, day) ? `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}` : null
}

/** A time as the instance has it. Empty and null as with a date. */
export function timeOf({ hour, minute }: TimeParts): Typed {
  if (hour.trim() === '' && minute.trim() === '') return ''
  if (!/^\d{1,2}$/u.test(hour.trim()) || !/^\d{1,2}$/u.test(minute.trim())) return null
  const [h, m] = [Number(hour), Number(minute)]
  return h > 23 || m > 59 ? null : typedTime(`${two(h)}:${two(m)}`)
}

/** A day with its time, in the tablet's own zone. Empty and null as with a date. */
export function momentOf(parts: MomentParts): Typed {
  const [day, time] = [dayOf(parts, 'day'), timeOf(parts)]
  if (day === '' && time === '') return ''
  if (day === null || day === '' || time === null || time === '') return null
  return typedDateTime(`${day}T${time.slice(0, 5)}`)
}

/** This moment, as a person would type it. */
export function momentNow(now: Date): MomentParts {
  return {
    year: String(now.getFullYear()),
    month: String(now.getMonth() + 1),
    day: String(now.getDate()),
    hour: two(now.getHours()),
    minute: two(now.getMinutes()),
  }
}
