/* Measures in the page, from an event of the pointer to the paint of what it brings: a task after the frame's callbacks. */
;(() => {
  const channel = new MessageChannel()
  const waiting = []
  channel.port1.onmessage = () => waiting.shift()?.()

  /**
   * Milliseconds from the event to the paint of the first frame in which `isThere`. Each frame is asked for before the
   * event, so that what the app does after the paint comes after the time is taken.
   */
  const measure = (type, isThere) =>
    new Promise((resolve) => {
      let at = null
      addEventListener(type, ({ timeStamp }) => (at = timeStamp), { once: true })
      const look = () => {
        if (at === null || !isThere()) return requestAnimationFrame(look)
        waiting.push(() => resolve(performance.now() - at))
        channel.port2.postMessage(0)
      }
      requestAnimationFrame(look)
    })

  const spells = () => document.querySelectorAll('[data-spell]').length
  const ghost = () => document.querySelector('[data-testid="calendar-ghost"]')

  const over = () => {
    const element = document.createElement('div')
    element.id = 'empty'
    element.style.cssText = 'position: fixed; inset: 0; z-index: 99; touch-action: none'
    for (const type of ['pointerdown', 'pointermove', 'pointerup']) element.addEventListener(type, () => undefined)
    document.body.append(element)
  }

  globalThis.bench = {
    over,
    uncover: () => document.getElementById('empty').remove(),
    /** The next move is painted: the spell under the finger has another width. */
    moved: () => {
      const before = ghost()?.style.width
      bench.result = measure('pointermove', () => document.getElementById('empty') !== null || ghost().style.width !== before)
    },
    /** The finger is lifted: the spell lies where it was drawn, no longer in the hand. */
    lifted: () => {
      const before = spells()
      const isThere = () => spells() > before || ghost().dataset.settling !== undefined
      bench.result = measure('pointerup', () => document.getElementById('empty') !== null || isThere())
    },
  }
})()
