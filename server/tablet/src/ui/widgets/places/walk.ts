/** Which places on a walk become points of the line: one after some metres, or after some time away from the last. */
import type { Point } from './format'
import { distance } from './geometry'

/** A place that is less certain than this, in metres, is no point. */
export const WORST_ACCURACY = 30
const STEP = 5
const REST_STEP = 2
const REST_MS = 20_000

/** Whether a place is far enough from the last point; `elapsed` since then in milliseconds. */
export function isStep(last: Point | undefined, next: Point, elapsed: number): boolean {
  if (next.accuracy > WORST_ACCURACY) return false
  if (last === undefined) return true
  const away = distance(last, next)
  // What stands still seems to wander by half of what it is uncertain.
  return away >= Math.max(STEP, next.accuracy / 2) || (elapsed >= REST_MS && away >= REST_STEP && away >= next.accuracy / 2)
}
