/** Lengths, areas and the plane of the map, on a sphere: within half a percent of the true ones. */
import type { Point } from './format'

const RADIUS = 6_371_008.8
const RADIAN = Math.PI / 180

/** Metres between two points along the ground (haversine). */
export function distance(from: Point, to: Point): number {
  const north = (to.latitude - from.latitude) * RADIAN
  const east = (to.longitude - from.longitude) * RADIAN
  const square =
    Math.sin(north / 2) ** 2 +
    Math.cos(from.latitude * RADIAN) * Math.cos(to.latitude * RADIAN) * Math.sin(east / 2) ** 2
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(square)))
}

/** Metres along a line; `isClosed` adds the way back to the start. */
export function length(points: readonly Point[], isClosed = false): number {
  let sum = 0
  for (const [index, each] of points.entries()) {
    const next = points[index + 1] ?? (isClosed ? points[0] : undefined)
    if (next !== undefined) sum += distance(each, next)
  }
  return sum
}

/** Square metres of the area that the points go around (Chamberlain and Duquette, 2007). */
export function area(points: readonly Point[]): number {
  let sum = 0
  for (const [index, each] of points.entries()) {
    const next = points[(index + 1) % points.length] ?? each
    sum += (next.longitude - each.longitude) * RADIAN * (2 + Math.sin(each.latitude * RADIAN) + Math.sin(next.latitude * RADIAN))
  }
  return Math.abs((sum * RADIUS * RADIUS) / 2)
}

/** A place on the plane of the map: Mercator, in metres at the equator, y to the south. */
export interface Spot {
  readonly x: number
  readonly y: number
}

export function spotOf({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }): Spot {
  const bounded = Math.max(-85, Math.min(85, latitude)) * RADIAN
  return { x: RADIUS * longitude * RADIAN, y: -RADIUS * Math.log(Math.tan(Math.PI / 4 + bounded / 2)) }
}

export function placeAt({ x, y }: Spot): { readonly latitude: number; readonly longitude: number } {
  return { latitude: (2 * Math.atan(Math.exp(-y / RADIUS)) - Math.PI / 2) / RADIAN, longitude: x / RADIUS / RADIAN }
}

/** How many of the plane's metres make one on the ground, at the height of `spot`. */
export function stretch(spot: Spot): number {
  return 1 / Math.cos(placeAt(spot).latitude * RADIAN)
}

/** The largest of 1, 2, 5, 10, 20 ... that is not above `most`. */
export function roundBelow(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return [5, 2, 1].map((step) => step * power).find((each) => each <= most * 1.000_001) ?? power
}
