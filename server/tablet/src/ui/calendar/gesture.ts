/**
 * A finger or a mouse on the rows: drawing a spell, taking one of its ends, moving it; two fingers zoom.
 *
 * Nothing here knows of Vue or of the form. While something is dragged one element is moved and its words are set,
 * nothing else is painted; what came of it is told when the finger is lifted.
 */
import { changed, drawn, type Grip, type Limits } from '../../calendar/drawing'
import { across, placeAt, type Scale } from '../../calendar/scale'
import { extentOf, type Span } from '../../calendar/spell'
import type { Precision } from '../../calendar/time'

export interface Surface {
  readonly scale: Scale
  /** Pixels from the left of the plot to the first year. */
  readonly inset: number
  readonly limits: Limits
  readonly precision: Precision
  /** The spell of a key, if it may be changed: the one that is held. */
  spell(key: string): Span | null
  words(span: Span): string
}

export interface Told {
  /** These two resolve when it stands where it was drawn; until then what the finger painted stays. */
  drawn(domain: string, span: Span): Promise<void>
  changed(key: string, span: Span): Promise<void>
  /** Touched without being dragged. Null beside every spell. */
  tapped(key: string | null, domain: string, place: number): void
  /** Two fingers: the width of a year by a factor, around a position from the left of the plot. */
  pinched(factor: number, around: number): void
}

/** Pixels that a finger may tremble. */
const TREMBLE = 8

interface Drag {
  readonly pointer: number
  readonly left: number
  readonly x: number
  readonly row: HTMLElement
  readonly domain: string
  readonly key: string | null
  readonly held: { readonly grip: Grip; readonly span: Span } | null
  span: Span | null
}

export class Gesture {
  readonly #plot: HTMLElement
  readonly #ghost: HTMLElement
  readonly #bubble: HTMLElement
  readonly #surface: () => Surface
  readonly #told: Told
  readonly #fingers = new Map<number, number>()
  #drag: Drag | null = null
  /** Counts what was painted, so that nothing hides what came after it. */
  #painting = 0
  #spread: number | null = null

  constructor(plot: HTMLElement, ghost: HTMLElement, bubble: HTMLElement, surface: () => Surface, told: Told) {
    this.#plot = plot
    this.#ghost = ghost
    this.#bubble = bubble
    this.#surface = surface
    this.#told = told
  }

  /** Starts to listen; the function that is returned ends it. */
  listen(): () => void {
    const handlers = {
      pointerdown: (event: PointerEvent) => this.#down(event),
      pointermove: (event: PointerEvent) => this.#move(event),
      pointerup: (event: PointerEvent) => this.#up(event),
      pointercancel: (event: PointerEvent) => this.#cancel(event),
    }
    const entries = Object.entries(handlers) as [string, (event: Event) => void][]
    for (const [name, handler] of entries) this.#plot.addEventListener(name, handler)
    return () => {
      for (const [name, handler] of entries) this.#plot.removeEventListener(name, handler)
    }
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return
    const target = event.target as Element
    const row = target.closest<HTMLElement>('[data-row]')
    if (row === null || target.closest('[data-row-name]') !== null) return
    this.#fingers.set(event.pointerId, event.clientX)
    if (this.#fingers.size === 2) {
      this.#drop()
      this.#spread = this.#distance()
      return
    }
    const key = target.closest<HTMLElement>('[data-spell]')?.dataset['spell'] ?? null
    const grip = (target.closest<HTMLElement>('[data-grip]')?.dataset['grip'] ?? 'whole') as Grip
    const span = key === null ? null : this.#surface().spell(key)
    this.#drag = {
      pointer: event.pointerId,
      left: this.#plot.getBoundingClientRect().left + this.#surface().inset,
      x: event.clientX,
      row,
      domain: row.dataset['row'] ?? '',
      key,
      held: span === null ? null : { grip, span },
      span: null,
    }
  }

  #move(event: PointerEvent): void {
    if (this.#spread !== null) return this.#pinch(event)
    const drag = this.#drag
    if (drag === null || event.pointerId !== drag.pointer) return
    const isFirst = drag.span === null
    if (isFirst && Math.abs(event.clientX - drag.x) < TREMBLE) return
    const surface = this.#surface()
    const span = spanOf(drag, event.clientX, surface)
    if (isFirst) this.#begin(drag)
    if (!isFirst && isSame(drag.span, span)) return
    drag.span = span
    this.#paint(span, surface)
  }

  #begin(drag: Drag): void {
    this.#painting += 1
    this.#plot.setPointerCapture(drag.pointer)
    const top = drag.row.getBoundingClientRect().top - this.#plot.getBoundingClientRect().top
    this.#ghost.style.setProperty('--row-top', `${String(top)}px`)
    this.#ghost.style.setProperty('--row-height', `${String(drag.row.offsetHeight)}px`)
    delete this.#ghost.dataset['settling']
    this.#ghost.hidden = false
  }

  #paint(span: Span, surface: Surface): void {
    const { scale, limits } = surface
    const { from, to } = extentOf(span, limits.now)
    const left = across(scale, from)
    this.#ghost.style.transform = `translateX(${left.toFixed(1)}px)`
    this.#ghost.style.width = `${(across(scale, to) - left).toFixed(1)}px`
    this.#bubble.textContent = surface.words(span)
  }

  #up(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId)
    if (this.#spread !== null) {
      if (this.#fingers.size === 0) this.#spread = null
      return
    }
    const drag = this.#drag
    if (drag === null || event.pointerId !== drag.pointer) return
    this.#drag = null
    if (drag.span === null) {
      this.#told.tapped(drag.key, drag.domain, placeAt(this.#surface().scale, event.clientX - drag.left))
    } else if (drag.held === null || drag.key === null) this.#settle(this.#told.drawn(drag.domain, drag.span))
    else if (isSame(drag.held.span, drag.span)) this.#drop()
    else this.#settle(this.#told.changed(drag.key, drag.span))
  }

  #settle(told: Promise<void>): void {
    const painting = this.#painting
    this.#ghost.dataset['settling'] = ''
    void told.finally(() => {
      if (this.#painting === painting) this.#drop()
    })
  }

  #cancel(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId)
    if (this.#fingers.size === 0) this.#spread = null
    this.#drop()
  }

  #drop(): void {
    this.#drag = null
    this.#ghost.hidden = true
  }

  #distance(): number {
    const [a = 0, b = 0] = [...this.#fingers.values()]
    return Math.max(1, Math.abs(a - b))
  }

  #pinch(event: PointerEvent): void {
    if (this.#spread === null || !this.#fingers.has(event.pointerId) || this.#fingers.size < 2) return
    this.#fingers.set(event.pointerId, event.clientX)
    const [a = 0, b = 0] = [...this.#fingers.values()]
    const spread = this.#distance()
    const around = (a + b) / 2 - this.#plot.getBoundingClientRect().left
    this.#told.pinched(spread / this.#spread, around)
    this.#spread = spread
  }
}

function spanOf(drag: Drag, x: number, { scale, precision, limits }: Surface): Span {
  const [anchor, place] = [placeAt(scale, drag.x - drag.left), placeAt(scale, x - drag.left)]
  if (drag.held === null) return drawn(anchor, place, precision, limits)
  const { grip, span } = drag.held
  if (grip === 'whole') return changed(span, grip, place - anchor, precision, limits)
  // The finger holds a handle beside the end: what counts is how far it went.
  const { from, to } = extentOf(span, limits.now)
  return changed(span, grip, (grip === 'start' ? from : to) + place - anchor, precision, limits)
}

function isSame(a: Span | null, b: Span): boolean {
  if (a === null || a.isOpen !== b.isOpen || a.start.year !== b.start.year || a.start.month !== b.start.month) return false
  return a.end?.year === b.end?.year && a.end?.month === b.end?.month
}
