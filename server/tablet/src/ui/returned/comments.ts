/** What the project office said of a record, where it is meant. */
import type { Question } from '../../form/model'
import type { ReturnComment } from '../../services'
import { isNamedFor } from '../interview/file_names'
import type { Session } from '../interview/session'

/** Whether a path of a comment means a question; without a number it means each entry of a repeat. */
export function isMeant(path: string, reference: string): boolean {
  return path === reference || (!path.includes('[') && path === reference.replace(/\[\d+\]/gu, ''))
}

/** The comments at a question. */
export function commentsAt(session: Session, { reference }: Question): readonly ReturnComment[] {
  const { returned } = session
  if (returned === null) return []
  return returned.comments.filter(({ path }) => path !== null && isMeant(path, reference))
}

/** Whether the file that an answer names lies at the project office alone. */
export function isAtOffice(session: Session, name: string): boolean {
  const { returned } = session
  return returned !== null && returned.kept.some((each) => each.name === name) && !returned.here.includes(name)
}

/** Takes a file at the project office away from the record, or with `isRemoved` false brings it back; kept with the next answer. */
export function markRemoved(session: Session, name: string, isRemoved: boolean): void {
  const { returned } = session
  if (returned === null) return
  const others = (returned.removed ?? []).filter((each) => each !== name)
  session.returned = { ...returned, removed: isRemoved ? [...others, name] : others }
}

/** A file at the project office that was the answer to a question, or null. */
export function keptFor(session: Session, question: string): string | null {
  const all = session.returned?.kept ?? []
  return all.find(({ name }) => isNamedFor(question, name) && isAtOffice(session, name))?.name ?? null
}
