/** Questions and answers of a move in words. */
import type { Asked, Outline } from '../../moving/outline'
import type { Lost } from '../../moving/carry'
import { inLanguage } from '../format'

export type FileKind = 'image' | 'sound' | 'file'

const FILES: Readonly<Record<string, FileKind>> = {
  image: 'image',
  audio: 'sound',
  background_audio: 'sound',
  video: 'file',
  file: 'file',
  osm: 'file',
}

/** What the answer is a file of, or null where it is none. */
export function fileKind({ type, isBeside }: Asked): FileKind | null {
  return isBeside ? null : (FILES[type] ?? null)
}

/** A question as it is asked; where it names another answer stands an ellipsis. */
export function questionText({ label, name }: Asked, language: string): string {
  const text = inLanguage(label, language)
  const plain = text.replace(/\$\{[^}]*\}/gu, '…').replace(/<[^>]*>/gu, '').replace(/\*\*|__|^#+ /gmu, '')
  return plain.trim() === '' ? name : plain
}

/** An answer as it was read or chosen. */
export function answerText({ question, text }: Lost, language: string): string {
  const { choices, type } = question
  if (choices !== null) {
    const values = type === 'select_multiple' || type === 'rank' ? text.split(' ') : [text]
    return values.map((value) => inLanguage(choices.labels.get(value) ?? {}, language) || value).join(', ')
  }
  if (type === 'acknowledge' || type === 'trigger') return '✓'
  return type === 'date' ? dayText(text, question, language) : text
}

/** A day as precisely as it was asked for. */
function dayText(text: string, { appearances }: Asked, language: string): string {
  const day = new Date(`${text}T12:00`)
  if (!/^\d{4}-\d\d-\d\d$/u.test(text) || Number.isNaN(day.getTime())) return text
  const month = appearances.has('year') ? {} : ({ month: 'long' } as const)
  const ofMonth = appearances.has('year') || appearances.has('month-year') ? {} : ({ day: 'numeric' } as const)
  return new Intl.DateTimeFormat(language, { year: 'numeric', ...month, ...ofMonth }).format(day)
}

/** The entries in which a place stands, such as "Child 2 · Stay 1"; empty where it stands in none. */
export function entriesText(place: string, { repeats }: Outline, language: string): string {
  const steps = place.split('/')
  return steps
    .flatMap((step, at) => {
      const path = steps.slice(0, at + 1).join('/').replace(/\[\d+\]/gu, '')
      const repeat = repeats.get(path)
      const position = /\[(\d+)\]$/u.exec(step)?.[1] ?? ''
      return repeat === undefined ? [] : [`${inLanguage(repeat.label, language) || repeat.name} ${position}`.trim()]
    })
    .join(' · ')
}
