/** Turning pages with a finger, apart from what is scrolled, drawn, dragged or marked. */
import { onScopeDispose, watch, type Ref } from 'vue'

/** Where a finger does something else. */
const OWN_GESTURE =
  'input, textarea, select, canvas, audio, video, dialog, [role="slider"], [data-noswipe], [contenteditable="true"]'
const FARTHEST_START_MS = 700
const SHORTEST = 80

interface Start {
  readonly x: number
  readonly y: number
  readonly at: number
  readonly pointer: number
}

/** Whether something between the finger and the page scrolls sideways. */
function scrollsSideways(from: Element, page: Element): boolean {
  for (let each: Element | null = from; each !== null && each !== page; each = each.parentElement) {
    if (each.scrollWidth > each.clientWidth + 1 && /auto|scroll/u.test(getComputedStyle(each).overflowX)) return true
  }
  return false
}

/** Calls `turn` with 1 for the next page and -1 for the one before. Only touch and pen swipe; a mouse marks text. */
export function useSwipe(page: Ref<HTMLElement | null>, turn: (by: 1 | -1) => void): void {
  let start: Start | null = null

  function down(event: PointerEvent): void {
    const from = event.target as Element
    start = null
    if (event.pointerType === 'mouse' || !event.isPrimary || page.value === null) return
    if (from.closest(OWN_GESTURE) !== null || scrollsSideways(from, page.value)) return
    start = { x: event.clientX, y: event.clientY, at: event.timeStamp, pointer: event.pointerId }
  }

  function up(event: PointerEvent): void {
    const from = start
    start = null
    if (from === null || event.pointerId !== from.pointer || event.timeStamp - from.at > FARTHEST_START_MS) return
    const [x, y] = [event.clientX - from.x, event.clientY - from.y]
    if (Math.abs(x) < SHORTEST || Math.abs(x) < 2 * Math.abs(y)) return
    if (getSelection()?.isCollapsed === false) return
    // The finger ends on something to touch; it meant the page.
    page.value?.addEventListener('click', stop, { capture: true, once: true })
    setTimeout(() => page.value?.removeEventListener('click', stop, { capture: true }), 0)
    turn(x < 0 ? 1 : -1)
  }

  function stop(event: Event): void {
    event.stopPropagation()
    event.preventDefault()
  }

  /** The browser has begun to scroll. */
  function cancel(): void {
    start = null
  }

  const listeners = [
    ['pointerdown', down],
    ['pointerup', up],
    ['pointercancel', cancel],
  ] as const
  const off = (from: HTMLElement | null): void => {
    for (const [name, listener] of listeners) from?.removeEventListener(name, listener)
  }
  watch(page, (now, before) => {
    off(before)
    for (const [name, listener] of listeners) now?.addEventListener(name, listener)
  })
  onScopeDispose(() => off(page.value))
}
