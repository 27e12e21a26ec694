/** Whether an answer can stand in another version of its question as it is. Nothing is converted, nothing is guessed. */
import type { Asked, Outline } from './outline'

/** Why an answer has no place in the other version. */
export type Reason =
  /** Nothing is asked there any more. */
  | 'question'
  /** It is answered in another way now. */
  | 'kind'
  /** What was chosen is no choice any more. */
  | 'choice'
  /** What the respondent was told has changed. */
  | 'consent'
  /** It belongs to an entry that is not there any more. */
  | 'entry'

/** Types whose text another type reads, by that type. */
const READS: Readonly<Record<string, readonly string[]>> = {
  text: ['integer', 'decimal', 'range', 'date', 'time', 'datetime', 'barcode'],
  decimal: ['integer', 'range'],
  range: ['integer', 'decimal'],
  integer: ['range'],
  select_multiple: ['select_one'],
  acknowledge: ['trigger'],
  trigger: ['acknowledge'],
}

/** What the form or the tablet fills in by itself, and what is only read: nobody misses it. */
const UNASKED: ReadonlySet<string> = new Set([
  ...['note', 'calculate', 'hidden', 'start', 'end', 'today', 'deviceid', 'username', 'email', 'phonenumber', 'audit'],
  ...['start_geopoint', 'background_geopoint', 'background_audio'],
])
const MANY: ReadonlySet<string> = new Set(['select_multiple', 'rank'])
const WITNESSES: ReadonlySet<string> = new Set(['audio', 'video'])

/** Whether a person answers it. */
export function isAnswered({ type }: Asked): boolean {
  return !UNASKED.has(type)
}

/** Judges answers of one version of a form for another. */
export class Fitting {
  /** Paths of consent, and of what witnesses it, that was given to other words than those of the other version. */
  readonly reworded: ReadonlySet<string>
  readonly #to: Outline

  constructor(from: Outline, to: Outline) {
    this.#to = to
    this.reworded = rewordedIn(from, to)
  }

  /** Null where the answer can stand, else why not. */
  against(question: Asked, text: string): Reason | null {
    const other = this.#to.questions.get(question.path)
    // A path that leads through a repeat in one version only is another place.
    if (other === undefined || other.repeats.join() !== question.repeats.join()) return 'question'
    if (other.type !== question.type && !(READS[other.type] ?? []).includes(question.type)) return 'kind'
    if (this.reworded.has(question.path)) return 'consent'
    if (other.choices !== null) return offers(other, question, text) ? null : 'choice'
    if (other.bounds !== null) return isWithin(other.bounds, text) ? null : 'kind'
    return other.type === 'integer' && !/^[+-]?\d+$/u.test(text) ? 'kind' : null
  }
}

function offers(other: Asked, question: Asked, text: string): boolean {
  const { choices } = other
  if (choices === null) return true
  // What a file or the answers to another question offer is seen when the form is open.
  if (choices.source !== null) return choices.source === question.choices?.source
  const chosen = MANY.has(other.type) ? text.split(' ').filter((each) => each !== '') : [text]
  // An order is whole or it is none.
  if (other.type === 'rank' && chosen.length !== choices.labels.size) return false
  return chosen.every((value) => choices.labels.has(value))
}

function isWithin({ start, end, step }: NonNullable<Asked['bounds']>, text: string): boolean {
  const value = Number(text)
  const steps = (value - start) / step
  const isStep = Math.abs(steps - Math.round(steps)) < 1e-9
  return value >= Math.min(start, end) && value <= Math.max(start, end) && isStep
}

function rewordedIn(from: Outline, to: Outline): ReadonlySet<string> {
  const found = new Set<string>()
  const beside = new Set<string>()
  for (const question of from.questions.values()) {
    const other = to.questions.get(question.path)
    if (other === undefined || !(question.isConsent || other.isConsent)) continue
    const isSame = from.languages.every((language) => told(question, from, language) === told(other, to, language))
    if (isSame) continue
    found.add(question.path)
    beside.add(question.within)
  }
  for (const { path, within, type, appearances, isConsent } of from.questions.values()) {
    if (beside.has(within) && (isConsent || appearances.has('signature') || WITNESSES.has(type))) found.add(path)
  }
  return found
}

/** What is read to somebody who is asked for consent: the notes before the question, and its own words. */
function told({ path, within }: Asked, { questions }: Outline, language: string): string {
  const all = [...questions.values()]
  const before = all.slice(0, all.findIndex((each) => each.path === path) + 1)
  const read = before.filter((each) => each.path === path || (each.within === within && each.type === 'note'))
  return JSON.stringify(read.map((each) => each.told[language] ?? []))
}
