/** Moving one row of a list by a finger: the list follows while the finger moves, and is settled when it is let go. */
import { shallowRef, type ShallowRef } from 'vue'

export interface Dragging {
  /** The order while a row is moved, else null. Followed by Vue. */
  readonly order: Readonly<ShallowRef<readonly string[] | null>>
  /** The value of the row that is moved, or null. Followed by Vue. */
  readonly moved: Readonly<ShallowRef<string | null>>
  readonly start: (event: PointerEvent, value: string) => void
  readonly move: (event: PointerEvent) => void
  readonly end: () => void
  /** The finger was taken for something else: the order stays as it was. */
  readonly cancel: () => void
}

/** A list in which the value at one place has gone to another. */
export function movedTo(values: readonly string[], from: number, to: number): readonly string[] {
  const [value] = values.slice(from, from + 1)
  if (value === undefined) return values
  const rest = values.filter((_, at) => at !== from)
  const place = Math.max(0, Math.min(rest.length, to))
  return [...rest.slice(0, place), value, ...rest.slice(place)]
}

/**
 * `list` is the element that holds the rows, each with `data-value`, and from which they are placed; it hears `move`,
 * `end` and `cancel`. `values` is the order before, `settle` takes the one after.
 */
export function useDragging(
  list: () => HTMLElement | null,
  values: () => readonly string[],
  settle: (values: readonly string[]) => void,
): Dragging {
  const order = shallowRef<readonly string[] | null>(null)
  const moved = shallowRef<string | null>(null)

  /** The place of a row at this height. Read from the layout, which rows in motion do not disturb. */
  function placeAt(y: number, box: HTMLElement): number {
    const top = y - box.getBoundingClientRect().top
    const rows = [...box.querySelectorAll<HTMLElement>(':scope > [data-value]')]
    const others = rows.filter((row) => row.dataset['value'] !== moved.value)
    return others.filter((row) => row.offsetTop + row.offsetHeight / 2 < top).length
  }

  function cancel(): void {
    order.value = moved.value = null
  }

  return {
    order,
    moved,
    start: (event, value) => {
      if (event.button !== 0) return
      // The row itself is taken out and put in again on the way, and would lose the finger.
      list()?.setPointerCapture(event.pointerId)
      order.value = values()
      moved.value = value
    },
    move: ({ clientY }) => {
      const box = list()
      if (order.value === null || moved.value === null || box === null) return
      const from = order.value.indexOf(moved.value)
      const to = placeAt(clientY, box)
      if (to !== from) order.value = movedTo(order.value, from, to)
    },
    end: () => {
      const settled = order.value
      cancel()
      if (settled !== null && settled.join(' ') !== values().join(' ')) settle(settled)
    },
    cancel,
  }
}
