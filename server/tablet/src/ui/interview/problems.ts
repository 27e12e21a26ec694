/** Which problem a question may show. A missing answer is no reproach before the interviewer has been there. */
import type { FormItem, Question } from '../../form/model'
import { isAsked, questionsIn } from '../../form/sections'
import type { Session } from './session'

/** Whether something must be said about the question now. */
export function isFlagged(session: Session, question: Question): boolean {
  if (session.unread.has(question.key)) return true
  return session.seen.has(question.key) && question.problem !== null
}

/** The questions among these that still stand in the way. */
export function openProblems(session: Session, items: readonly FormItem[]): readonly Question[] {
  return questionsIn(items)
    .filter(isAsked)
    .filter((question) => question.problem !== null || session.unread.has(question.key))
}
