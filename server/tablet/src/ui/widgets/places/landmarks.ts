/** The other places of this interview, to find one's way by. */
import type { Question } from '../../../form/model'
import { questionsIn } from '../../../form/sections'
import type { Session } from '../../interview/session'
import { pointsOf, type Point } from './format'

export interface Landmark {
  readonly key: string
  readonly label: string
  readonly points: readonly Point[]
}

const KINDS: ReadonlySet<string> = new Set(['geopoint', 'geotrace', 'geoshape'])

export function landmarksFor(session: Session, question: Question): readonly Landmark[] {
  const questions = session.form.sections.flatMap(({ items }) => questionsIn(items))
  return questions
    .filter(({ kind, key, answered }) => KINDS.has(kind) && key !== question.key && answered)
    .map(({ key, label, name, text }) => ({ key, label: label?.plain ?? name, points: pointsOf(text) }))
}
