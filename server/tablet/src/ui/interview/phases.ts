/** The phases of a conversation: those that the form marks by questions, else those of every narrative interview. */
import type { OpenForm } from '../../form/open_form'
import type { Question } from '../../form/model'
import { questionsIn } from '../../form/sections'
import type { Phase, RecordingService } from '../../recording/service'

const APPEARANCE = 'phase-mark'

function isPhaseMark(question: Question): boolean {
  return question.kind === 'acknowledge' && question.appearances.has(APPEARANCE)
}

/** The questions of the form by which a phase is marked, in their order. */
export function markQuestions(form: OpenForm): readonly Question[] {
  return questionsIn(form.sections.flatMap(({ items }) => items)).filter(isPhaseMark)
}

/** A question as a phase, in the form's language. */
export function phaseOf(question: Question): Phase {
  return { name: question.name, text: question.label?.plain ?? question.name }
}

/** Writes beside the recording that a phase was marked in the form, or takes that back. */
export function noteMark(
  recorder: RecordingService | null | undefined,
  draft: string | null,
  question: Question,
  isDone: boolean,
): void {
  const running = recorder?.current() ?? null
  if (running === null || running.draft !== draft || !isPhaseMark(question)) return
  if (isDone) return recorder?.note('phase', phaseOf(question))
  const last = running.log.findLast(({ kind, name }) => kind === 'phase' && name === question.name)
  if (last !== undefined) recorder?.takeBack(last)
}
