/** A page shows at first what fits on the screen, and what stands below that once this has been seen. */
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { afterPaint } from '../after_paint'

/** Cards that are added between two frames. */
const MORE = 10

/** What stands first is painted first, however slow the tablet is. */
const FRAME_AT_MOST_MS = 1000

export interface Gradual<T> {
  readonly shown: ComputedRef<readonly T[]>
  /** Whether something is still to come. */
  readonly isFilling: ComputedRef<boolean>
}

/**
 * Begins anew with each `place`, with as many items as `first` says; while somebody looks for a `target` all is shown, so
 * that it is found.
 */
export function useGradual<T>(
  items: ComputedRef<readonly T[]>,
  first: (items: readonly T[]) => number,
  place: ComputedRef<unknown>,
  target: Readonly<Ref<unknown>>,
): Gradual<T> {
  const count = shallowRef(0)
  const shown = computed(() => (items.value.length > count.value ? items.value.slice(0, count.value) : items.value))
  const isFilling = computed(() => items.value.length > count.value)
  let turn = 0

  async function fill(): Promise<void> {
    turn += 1
    const mine = turn
    count.value = target.value === null ? first(items.value) : Infinity
    while (isFilling.value) {
      await afterPaint(FRAME_AT_MOST_MS)
      if (mine !== turn) return
      count.value += MORE
    }
    // What an answer brings later is shown with it.
    count.value = Infinity
  }

  // Before the page is drawn, but not at once: while a language changes, the place is asked for a thousand times.
  watch(place, () => void fill(), { immediate: true })
  watch(
    target,
    (wanted) => {
      if (wanted !== null) count.value = Infinity
    },
    { flush: 'sync' },
  )
  onScopeDispose(() => (turn += 1))
  return { shown, isFilling }
}
