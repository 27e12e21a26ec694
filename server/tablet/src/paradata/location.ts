/** The place of the tablet, while a form asks for it. */

export interface Settings {
  /** Satellites may be used. */
  readonly isPrecise: boolean
  readonly everySeconds: number
  /** An older place is not noted with an event. */
  readonly maxAgeSeconds: number
}

/** Degrees, and metres. */
export interface Place {
  readonly latitude: number
  readonly longitude: number
  readonly accuracy: number
}

/** What happens to the noting of places, by ODK's names of events. */
export type PlaceEvent = 'location tracking enabled' | 'location permissions not granted'

/** Follows the place until the function that it returns is called; at most one place in each interval is told. */
export function followPlace(
  geolocation: Pick<Geolocation, 'watchPosition' | 'clearWatch'>,
  settings: Settings,
  told: (place: Place) => void,
  happened: (event: PlaceEvent) => void,
): () => void {
  let last = -Infinity
  const watch = geolocation.watchPosition(
    ({ coords, timestamp }) => {
      if (last === -Infinity) happened('location tracking enabled')
      if (timestamp - last < settings.everySeconds * 1000) return
      last = timestamp
      told({ latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy })
    },
    ({ code }) => {
      if (code === 1) happened('location permissions not granted')
    },
    { enableHighAccuracy: settings.isPrecise, maximumAge: settings.maxAgeSeconds * 1000 },
  )
  return () => geolocation.clearWatch(watch)
}
