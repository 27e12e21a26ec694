/** Times, sizes and texts of the study in the language of the interface. */
import type { LanguageMap } from '../services'

/** The text in the wanted language, else in German, else in any that there is. */
export function inLanguage(text: LanguageMap, language: string): string {
  return text[language] ?? text['de'] ?? Object.values(text)[0] ?? ''
}

/** "today, 14:05" and the like is left to the reader: a date without a year, and the time. */
export function moment(iso: string, language: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' }).format(
    time,
  )
}

/** A date with its year, and the time. */
export function exactly(time: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(time)
}

/** "1 hour, 12 minutes": less than a minute in seconds, from ten hours on without minutes. */
export function howLong(seconds: number, language: string): string {
  const minutes = Math.floor(seconds / 60)
  const parts: [number, string][] =
    minutes === 0 ? [[Math.floor(seconds), 'second']] : [[Math.floor(minutes / 60), 'hour'], [minutes < 600 ? minutes % 60 : 0, 'minute']]
  const told = parts
    .filter(([value]) => value > 0 || parts.length === 1)
    .map(([value, unit]) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value))
  return new Intl.ListFormat(language, { type: 'unit', style: 'long' }).format(told)
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export function bytes(size: number, language: string): string {
  const power = size < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3))
  const value = size / 1000 ** power
  const digits = value < 10 && power > 1 ? 1 : 0
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value)
}

/** "3 hours", "12 minutes", "2 days": a span in its largest unit. */
export function duration(seconds: number, language: string): string {
  const [unit, length] = seconds >= 172_800 ? ['day', 86_400] : seconds >= 7200 ? ['hour', 3600] : ['minute', 60]
  const options = { style: 'unit', unit: unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(language, options).format(Math.round(seconds / (length)))
}

/** Name of a language in itself, such as "български". */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}
