/** Waits for the screen to show what has changed. */

/** A page that nobody sees gets no frames; a computer that is too busy gives few. */
const AT_MOST_MS = 500

/** Tasks by their priority, where the browser has them (W3C Prioritized Task Scheduling). */
interface Scheduling {
  readonly scheduler?: { postTask(task: () => void, options: { readonly priority: 'background' }): Promise<void> }
}

/**
 * Resolves when the next frame has been painted and nothing more urgent waits, such as a touch, and after `atMost`
 * milliseconds in any case; at once where no frame will come.
 */
export function afterPaint(atMost = AT_MOST_MS): Promise<void> {
  if (typeof requestAnimationFrame !== 'function' || document.hidden) return Promise.resolve()
  return new Promise((painted) => {
    const resolve = (): void => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', resolve)
      painted()
    }
    const timer = setTimeout(resolve, atMost)
    // A page that is hidden meanwhile gets no frame either, and its timers wait.
    document.addEventListener('visibilitychange', resolve)
    // The frame's own work comes right after its callbacks; a task of its own comes after that.
    requestAnimationFrame(() => {
      const { scheduler } = globalThis as Scheduling
      if (scheduler === undefined) setTimeout(resolve, 0)
      else void scheduler.postTask(resolve, { priority: 'background' })
    })
  })
}
