/** What was drawn is seen at once and written into the record right after it was painted. */
import { nextTick, onBeforeUnmount } from 'vue'
import { afterPaint } from '../after_paint'

/** Runs one work at a time, each after the next frame, at the latest when the component goes; resolves when it is shown. */
export function useSeenFirst(): (work: () => void) => Promise<void> {
  let waiting: (() => void) | null = null

  function write(): void {
    const work = waiting
    waiting = null
    work?.()
  }

  onBeforeUnmount(write)
  return async (work) => {
    write()
    waiting = work
    await afterPaint()
    if (waiting === work) write()
    await nextTick()
  }
}
