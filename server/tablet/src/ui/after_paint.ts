/** Waits for the screen to show what has changed. */

/** A page that nobody sees gets no frames. */
const AT_MOST_MS = 100

/** Resolves when the next frame has been painted, at once where none will be. */
export function afterPaint(): Promise<void> {
  if (typeof requestAnimationFrame !== 'function' || document.hidden) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, AT_MOST_MS)
    requestAnimationFrame(() => {
      clearTimeout(timer)
      // The frame's own work comes right after its callbacks; a task of its own comes after that.
      setTimeout(resolve, 0)
    })
  })
}
