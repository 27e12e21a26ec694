/** Fields that make one answer together: what is typed stays in them, and only what can be read becomes the answer. */
import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { Question } from '../../../form/model'
import type { Typed } from '../../../form/values'
import { useInterview } from '../../interview/context'

export interface Typing<Parts> {
  /** What stands in the fields. Followed by Vue. */
  readonly parts: Readonly<ShallowRef<Parts>>
  readonly type: (changed: Partial<Parts>) => void
  /** To be called when the focus goes: only then is said that something is not complete. */
  readonly left: (event: FocusEvent) => void
}

/** `partsOf` reads an answer, `textOf` gives one: null where the parts make none yet. */
export function useTyping<Parts extends object>(
  question: () => Question,
  partsOf: (text: string) => Parts,
  textOf: (parts: Parts) => Typed,
): Typing<Parts> {
  const { session } = useInterview()
  const parts = shallowRef(partsOf(question().text)) as ShallowRef<Parts>

  function told(): void {
    if (textOf(parts.value) === null) session.unread.add(question().key)
  }

  function type(changed: Partial<Parts>): void {
    parts.value = { ...parts.value, ...changed }
    const text = textOf(parts.value)
    const asked = question()
    // Also what is not complete is meant as an answer, not as a reason for none.
    if (text === null && asked.missing?.chosen) void session.setMissing(asked, null)
    if (text !== null) session.unread.delete(asked.key)
    if (asked.text !== (text ?? '')) session.setText(asked, text ?? '')
  }

  function left({ currentTarget, relatedTarget }: FocusEvent): void {
    if (!(currentTarget as Element).contains(relatedTarget as Node | null)) told()
  }

  /** The answer changed elsewhere: shows it, unless the fields say the same or are just being filled in. */
  watch(
    () => [question().text, question().missing?.chosen] as const,
    ([text, reason]) => {
      const read = textOf(parts.value)
      if (read === text || (read === null && text === '' && !reason)) return
      parts.value = partsOf(text)
      session.unread.delete(question().key)
    },
  )

  // A field that is gone says nothing any more.
  onScopeDispose(() => session.unread.delete(question().key))
  return { parts, type, left }
}
