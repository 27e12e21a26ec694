/** What else a form tells of a life: the birth, the landmarks of this person, the events that everybody remembers. */
import type { Entry, FormItem, Question, Roster } from '../../form/model'
import type { OpenForm } from '../../form/open_form'
import { eventMoment } from '../../calendar/events'
import type { Moment } from '../../calendar/time'
import { momentOf, namedIn, whenOf, wordsOf } from './fields'

export interface Landmark {
  readonly key: string
  readonly at: Moment
  readonly label: string
  readonly kind: 'personal' | 'historical'
}

export interface Surroundings {
  readonly birth: Moment | null
  readonly landmarks: readonly Landmark[]
  /** Reference of the repeat of landmarks, to go there; null where the form has none. */
  readonly landmarksAt: string | null
}

export function surroundingsOf(form: OpenForm): Surroundings {
  const items = everything(form.sections.flatMap((section) => section.items))
  const questions = items.filter((item): item is Question => item.item === 'question')
  const named = new Map(questions.map((question) => [question.name, question]))
  const roster = items.find((item): item is Roster => item.item === 'roster' && item.name === 'landmarks')
  const birth = whenOf(named, 'birth_year', 'birth_month', 'birth_date')
  return {
    birth: birth === null ? null : momentOf(birth),
    landmarks: [...(roster?.entries ?? []).flatMap(personal), ...historical(named.get('historical_events'))],
    landmarksAt: roster?.reference ?? null,
  }
}

function everything(items: readonly FormItem[]): readonly FormItem[] {
  return items.flatMap((item) => {
    if (!item.relevant) return []
    return item.item === 'group' ? [item, ...everything(item.children)] : [item]
  })
}

function personal(entry: Entry): readonly Landmark[] {
  const named = namedIn(entry.children)
  const when = whenOf(named, 'year', 'month', 'date')
  const at = when === null ? null : momentOf(when)
  if (at === null) return []
  return [{ key: entry.key, at, label: wordsOf(named.get('landmark') ?? null), kind: 'personal' }]
}

function historical(question: Question | undefined): readonly Landmark[] {
  if (question?.kind !== 'many') return []
  return question.choices.flatMap(({ value, label }) => {
    const at = eventMoment(value)
    return at === null ? [] : [{ key: value, at, label: label.plain, kind: 'historical' as const }]
  })
}
