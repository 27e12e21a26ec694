/** One finger moves the map, two zoom it, a tap means a place. */
import type { Spot } from './geometry'

/** Pixels that a finger may slip in a tap. */
const SLIP = 9

export interface Gestures {
  readonly down: (event: PointerEvent) => void
  readonly move: (event: PointerEvent) => void
  readonly up: (event: PointerEvent) => void
  readonly cancel: (event: PointerEvent) => void
}

interface Told {
  readonly pan: (x: number, y: number) => void
  readonly zoom: (factor: number, around: Spot) => void
  readonly tap: (at: Spot) => void
}

export function gestures({ pan, zoom, tap }: Told): Gestures {
  const fingers = new Map<number, Spot>()
  let start: Spot | null = null

  function at(event: PointerEvent): Spot {
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }

  function lift(event: PointerEvent): void {
    fingers.delete(event.pointerId)
    start = null
  }

  return {
    down: (event) => {
      if (event.button !== 0) return
      ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
      fingers.set(event.pointerId, at(event))
      start = fingers.size === 1 ? at(event) : null
    },
    move: (event) => {
      const before = fingers.get(event.pointerId)
      if (before === undefined) return
      const now = at(event)
      const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, spot]) => spot)
      if (other !== undefined) {
        const spread = Math.hypot(before.x - other.x, before.y - other.y)
        if (spread > 0) zoom(Math.hypot(now.x - other.x, now.y - other.y) / spread, other)
      } else if (start !== null && Math.hypot(now.x - start.x, now.y - start.y) < SLIP) return
      else {
        start = null
        pan(now.x - before.x, now.y - before.y)
      }
      fingers.set(event.pointerId, now)
    },
    up: (event) => {
      const isTap = start !== null && fingers.size === 1
      lift(event)
      if (isTap) tap(at(event))
    },
    cancel: lift,
  }
}
