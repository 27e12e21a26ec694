/** Reading spells out of the entries of a repeat, and writing them back as plain answers. */
import type { Entry } from '../../form/model'
import { countsOf } from '../../form/sections'
import type { Span, Spell } from '../../calendar/spell'
import type { Moment } from '../../calendar/time'
import type { Session } from '../interview/session'
import { fieldsOf, momentOf, wordsOf, type Fields, type Row, type When } from './fields'

/** A spell with what is shown of it. */
export interface Told extends Spell {
  readonly entry: Entry
  readonly fields: Fields
  /** What and where, in the words of the answers; empty where nothing was said yet. */
  readonly words: string
  readonly country: Row | null
  /** How many of its questions stand in the way of finishing. */
  readonly lacking: number
}

/** The spell of an entry; null while its domain or its beginning is not answered. */
export function toldBy(entry: Entry): Told | null {
  const fields = fieldsOf(entry)
  const domain = fields?.domain.selected[0]
  const start = fields === null ? null : momentOf(fields.start)
  if (fields === null || domain === undefined || start === null) return null
  const end = momentOf(fields.end)
  const isOpen = fields.ongoing === null ? end === null : fields.ongoing.selected[0] === 'yes'
  const country = fields.country?.selected[0]
  return {
    key: entry.key,
    entry,
    fields,
    domain,
    start,
    end: isOpen ? null : end,
    isOpen,
    words: fields.words.map(wordsOf).filter(Boolean).join(', '),
    country: country === undefined ? null : { value: country, label: wordsOf(fields.country) },
    lacking: countsOf(entry.children).problems,
  }
}

/** Writes when a spell was, as the form asks for it. What was confirmed of the old times no longer holds. */
export function writeSpan(session: Session, fields: Fields, span: Span): void {
  writeMoment(session, fields.start, span.start)
  const { ongoing, gapConfirmed, overlapConfirmed } = fields
  // Before the end, which is asked only of what has ended.
  if (ongoing !== null && (span.isOpen || span.end !== null)) choose(session, ongoing, span.isOpen ? 'yes' : 'no')
  if (span.end !== null) writeMoment(session, fields.end, span.end)
  else if (ongoing === null) writeMoment(session, fields.end, null)
  for (const confirmed of [gapConfirmed, overlapConfirmed]) {
    if (confirmed?.answered === true) session.acknowledge(confirmed, false)
  }
}

export function choose(session: Session, question: Fields['domain'], value: string): void {
  if (question.selected[0] !== value) session.setSelected(question, [value])
}

function writeMoment(session: Session, when: When, moment: Moment | null): void {
  const two = (value: number): string => String(value).padStart(2, '0')
  const write = (question: Fields['domain'] | null, text: string): void => {
    if (question !== null && question.text !== text) session.setText(question, text)
  }
  if (when.kind === 'date') {
    write(when.date, moment === null ? '' : `${String(moment.year).padStart(4, '0')}-${two(moment.month ?? 1)}-01`)
    return
  }
  write(when.year, moment === null ? '' : String(moment.year))
  write(when.month, moment?.month == null ? '' : String(moment.month))
}
