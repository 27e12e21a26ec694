/** What part of the plane a map shows: moved, zoomed, and fitted to places. */
import { computed, reactive, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Point } from './format'
import { placeAt, roundBelow, spotOf, stretch, type Spot } from './geometry'

/** Metres of the plane for a pixel: from a step on the ground to a continent. */
const FINEST = 0.02
const COARSEST = 20_000
/** What is shown around a single place, in metres. */
const AROUND = 150
const ROOM = 0.8
const BAR = 130
const CELL = 90

export interface Bar {
  /** Metres on the ground. */
  readonly metres: number
  /** Pixels on the screen. */
  readonly width: number
}

export interface MapView {
  readonly size: { width: number; height: number }
  /** Null as long as there is nothing to show. */
  readonly center: ShallowRef<Spot | null>
  readonly scale: ShallowRef<number>
  readonly bar: ComputedRef<Bar>
  /** Lines of the grid as a path of SVG. */
  readonly grid: ComputedRef<string>
  readonly toScreen: (spot: Spot) => Spot
  readonly toPlace: (screen: Spot) => { readonly latitude: number; readonly longitude: number }
  readonly pan: (x: number, y: number) => void
  /** Zooms by a factor, `around` staying where it is on the screen. */
  readonly zoom: (factor: number, around?: Spot) => void
  readonly fit: (points: readonly Pick<Point, 'latitude' | 'longitude'>[]) => void
}

export function useMapView(): MapView {
  const size = reactive({ width: 600, height: 400 })
  const center = shallowRef<Spot | null>(null)
  const scale = shallowRef(1)
  /** The grid keeps to the height of what was shown first, so that it does not swim. */
  const origin = shallowRef<Spot | null>(null)

  const middle = (): Spot => center.value ?? { x: 0, y: 0 }
  const toScreen = ({ x, y }: Spot): Spot => ({
    x: (x - middle().x) / scale.value + size.width / 2,
    y: (y - middle().y) / scale.value + size.height / 2,
  })
  const toPlane = ({ x, y }: Spot): Spot => ({
    x: (x - size.width / 2) * scale.value + middle().x,
    y: (y - size.height / 2) * scale.value + middle().y,
  })

  const bar = computed((): Bar => {
    const ground = scale.value / stretch(middle())
    const metres = roundBelow(BAR * ground)
    return { metres, width: metres / ground }
  })

  const grid = computed(() => {
    const start = origin.value
    if (start === null) return ''
    const step = roundBelow(CELL * (scale.value / stretch(start))) * stretch(start)
    const [from, to] = [toPlane({ x: 0, y: 0 }), toPlane({ x: size.width, y: size.height })]
    const lines: string[] = []
    for (let x = Math.ceil((from.x - start.x) / step) * step + start.x; x <= to.x; x += step) {
      lines.push(`M${toScreen({ x, y: from.y }).x.toFixed(1)} 0V${size.height}`)
    }
    for (let y = Math.ceil((from.y - start.y) / step) * step + start.y; y <= to.y; y += step) {
      lines.push(`M0 ${toScreen({ x: from.x, y }).y.toFixed(1)}H${size.width}`)
    }
    return lines.join('')
  })

  function fit(points: readonly Pick<Point, 'latitude' | 'longitude'>[]): void {
    const spots = points.map(spotOf)
    if (spots.length === 0) return
    const [xs, ys] = [spots.map(({ x }) => x), spots.map(({ y }) => y)]
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
    const found = { x: (left + right) / 2, y: (top + bottom) / 2 }
    const least = AROUND * stretch(found)
    center.value = found
    origin.value ??= found
    const across = Math.max(right - left, least) / (size.width * ROOM)
    scale.value = bounded(Math.max(across, Math.max(bottom - top, least) / (size.height * ROOM)))
  }

  return {
    size,
    center,
    scale,
    bar,
    grid,
    toScreen,
    toPlace: (screen) => placeAt(toPlane(screen)),
    pan: (x, y) => {
      center.value = { x: middle().x - x * scale.value, y: middle().y - y * scale.value }
    },
    zoom: (factor, around = { x: size.width / 2, y: size.height / 2 }) => {
      const held = toPlane(around)
      scale.value = bounded(scale.value / factor)
      const moved = toPlane(around)
      center.value = { x: middle().x + held.x - moved.x, y: middle().y + held.y - moved.y }
    },
    fit,
  }
}

function bounded(scale: number): number {
  return Math.min(COARSEST, Math.max(FINEST, scale))
}
