/** Where the tablet is, told by the device itself: nothing of it leaves the tablet. */
import { TabletError } from '../../../services'
import { point, type Point } from './format'

/** ODK's own limits in metres, where the form sets none. */
export const TAKEN_AT = 5
export const DOUBTED_FROM = 100

/** What `navigator.geolocation` gives of it; replaced in tests. */
export type Locator = Pick<Geolocation, 'watchPosition' | 'clearWatch'>

/** The code of PERMISSION_DENIED in the W3C Geolocation API. */
const DENIED = 1
const TIMEOUT_MS = 30_000

/**
 * Tells the place again and again until the function that is returned is called. A problem is `position.denied` or
 * `position.unavailable`; after the latter it goes on looking.
 */
export function followPosition(
  found: (point: Point) => void,
  failed: (error: TabletError) => void,
  locator: Locator | undefined = navigator.geolocation,
): () => void {
  if (locator === undefined) {
    failed(new TabletError('position.unavailable'))
    return () => undefined
  }
  const watch = locator.watchPosition(
    ({ coords: { latitude, longitude, altitude, accuracy } }) => found(point(latitude, longitude, altitude ?? 0, accuracy)),
    ({ code }) => failed(new TabletError(code === DENIED ? 'position.denied' : 'position.unavailable')),
    { enableHighAccuracy: true, maximumAge: 0, timeout: TIMEOUT_MS },
  )
  return () => locator.clearWatch(watch)
}

export type Quality = 'good' | 'fair' | 'poor'

/** How good a place is by its accuracy, against the limits of the form in metres. */
export function qualityOf(accuracy: number, takenAt: number, doubtedFrom: number): Quality {
  if (accuracy > doubtedFrom) return 'poor'
  return accuracy <= Math.max(takenAt, 0) ? 'good' : 'fair'
}
