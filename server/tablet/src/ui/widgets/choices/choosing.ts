/** Choosing, the same for every look of a choice. */
import { computed, type ComputedRef } from 'vue'
import type { Question } from '../../../form/model'
import { useInterview } from '../../interview/context'
import { isQuick } from './looks'

export interface Choosing {
  readonly isSingle: ComputedRef<boolean>
  readonly chosen: ComputedRef<ReadonlySet<string>>
  /** Chooses one, or in a list of several takes it or gives it back. */
  readonly choose: (value: string) => void
  readonly clear: () => void
}

export function useChoosing(question: () => Question): Choosing {
  const { session, advance } = useInterview()
  const isSingle = computed(() => question().kind === 'one')
  const chosen = computed(() => new Set(question().selected))

  function choose(value: string): void {
    const asked = question()
    if (asked.readonly) return
    if (isSingle.value) {
      session.setSelected(asked, [value])
      if (isQuick(asked.appearances)) advance(asked)
      return
    }
    const others = asked.selected.filter((each) => each !== value)
    session.setSelected(asked, chosen.value.has(value) ? others : [...others, value])
  }

  return { isSingle, chosen, choose, clear: () => session.setSelected(question(), []) }
}

/** Keys that go from one to the next in a group of radio buttons, and by how many. */
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }

/** Moves the focus among the elements with `data-value` below `root` for an arrow key, Home or End. */
export function stepFocus(event: KeyboardEvent, root: HTMLElement | null): void {
  const buttons = [...(root?.querySelectorAll<HTMLElement>('[data-value]') ?? [])]
  const at = buttons.findIndex((each) => each === event.currentTarget || each.contains(event.target as Node))
  const by = STEPS[event.key]
  if (at < 0 || buttons.length === 0) return
  const to = by === undefined ? { Home: 0, End: buttons.length - 1 }[event.key] : (at + by + buttons.length) % buttons.length
  if (to === undefined) return
  event.preventDefault()
  buttons[to]?.focus()
}
