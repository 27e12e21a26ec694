/** What belongs to the page of consent: the words before the question, the question, and how the yes is witnessed. */
import { isAsked, questionsIn } from '../../form/sections'
import type { Question, Section } from '../../form/model'
import type { Session } from '../interview/session'

/** Whether the page of consent has to come first: somebody is to be asked, and has not answered. */
export function needsConsent(session: Session): boolean {
  const question = session.consentQuestion
  return question !== null && !question.answered
}

/**
 * Notes before the question of consent on its page, the question itself, and after it what stands there of further
 * consent, of notes, and of signature or recording. Other questions wait for their own page.
 */
export function consentParts(session: Session): readonly Question[] {
  const main = session.consentQuestion
  if (main === null || session.consent === null) return []
  const { names } = session.consent
  const questions = around(session, main).filter(({ relevant }) => relevant)
  const at = questions.indexOf(main)
  const witness = ({ kind, appearances }: Question): boolean =>
    kind === 'audio' || (kind === 'photo' && appearances.has('signature'))
  const after = questions.slice(at + 1).filter((each) => each.kind === 'note' || names.has(each.name) || witness(each))
  return [...questions.slice(0, at).filter(({ kind }) => kind === 'note'), main, ...after]
}

/** The questions of the same page; those of the same group where each question has a page of its own. */
function around(session: Session, main: Question): readonly Question[] {
  const group = groupOf(main)
  const near = (section: Section, questions: readonly Question[]): boolean =>
    questions.includes(main) || section.reference === group || questions.every((each) => groupOf(each) === group)
  return session.form.sections.flatMap((section) => {
    const questions = questionsIn(section.items)
    return near(section, questions) ? questions : []
  })
}

function groupOf({ reference }: Question): string {
  return reference.slice(0, reference.lastIndexOf('/'))
}

/** Reference of the first page on which anything else is asked, or null where that is the form's first. */
export function pageAfter(session: Session): string | null {
  const asked = new Set(consentParts(session).map(({ key }) => key))
  const rest = session.form.sections.find(({ items }) => {
    const questions = questionsIn(items).filter(isAsked)
    return questions.length === 0 ? items.some(({ item }) => item === 'roster') : questions.some(({ key }) => !asked.has(key))
  })
  return rest?.reference ?? null
}

/** What the form itself says to somebody who refused: the notes after the question. */
export function farewell(session: Session): readonly Question[] {
  const parts = consentParts(session)
  const at = parts.findIndex(({ key }) => key === session.consentQuestion?.key)
  return parts.slice(at + 1).filter(({ kind }) => kind === 'note')
}
