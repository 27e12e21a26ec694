/** The direction in which the tablet points, from its compass. */

interface Oriented extends DeviceOrientationEvent {
  /** Degrees from magnetic north, on Apple's devices. */
  readonly webkitCompassHeading?: number
}

/** Longer than a compass needs for its first word. */
const PATIENCE_MS = 3000

function headingOf(event: Oriented): number | null {
  if (typeof event.webkitCompassHeading === 'number') return event.webkitCompassHeading
  // Counted against the clock, and only from north where the event says that it is absolute.
  return event.alpha === null || !event.absolute ? null : (360 - event.alpha) % 360
}

/** Apple's devices ask the user first. */
async function mayRead(): Promise<boolean> {
  const type = globalThis.DeviceOrientationEvent as { requestPermission?: () => Promise<string> } | undefined
  if (type === undefined) return false
  if (type.requestPermission === undefined) return true
  return (await type.requestPermission().catch(() => 'denied')) === 'granted'
}

/** Degrees from north, 0 to 359.9, clockwise. Null where there is no compass or it says nothing in time. */
export async function readCompass(patience = PATIENCE_MS): Promise<number | null> {
  if (!(await mayRead())) return null
  return new Promise((resolve) => {
    const names = ['deviceorientationabsolute', 'deviceorientation']
    const end = (heading: number | null): void => {
      clearTimeout(timer)
      for (const name of names) removeEventListener(name, heard)
      resolve(heading)
    }
    function heard(event: Event): void {
      const heading = headingOf(event as Oriented)
      if (heading !== null) end((Math.round(heading * 10) / 10) % 360)
    }
    const timer = setTimeout(() => end(null), patience)
    for (const name of names) addEventListener(name, heard)
  })
}
