/** One thing that was taken away and can be brought back, for as long as the page stays. */
import { shallowRef, type ShallowRef } from 'vue'

export interface Undoing {
  /** What is said about it; null where there is nothing. Followed by Vue. */
  readonly text: Readonly<ShallowRef<string | null>>
  readonly canUndo: () => boolean
  /** Says that something is gone, and how it comes back; what it says then. */
  readonly offer: (text: string, undo: () => string | null) => void
  readonly undo: () => void
  readonly dismiss: () => void
}

export function useUndoing(): Undoing {
  const text = shallowRef<string | null>(null)
  const back = shallowRef<(() => string | null) | null>(null)
  return {
    text,
    canUndo: () => back.value !== null,
    offer: (said, undo) => {
      text.value = said
      back.value = undo
    },
    undo: () => {
      const said = back.value?.() ?? null
      back.value = null
      text.value = said
    },
    dismiss: () => {
      text.value = null
      back.value = null
    },
  }
}
