/**
 * The map that a form brings along: the shapes that the question's `reference-geometry` names, in a file of the form.
 *
 * Two kinds of files hold them: CSV with a column `geometry` in ODK's format, and GeoJSON (RFC 7946). Both are files of
 * the form version, so they are there without a network and nothing is fetched to draw them.
 */
import { FEWEST, isPlace, pointsOf, type Point } from './format'
import { spotOf, type Spot } from './geometry'

type Place = Pick<Point, 'latitude' | 'longitude'>

export interface Shape {
  readonly kind: 'point' | 'line' | 'area'
  readonly label: string
  readonly places: readonly Place[]
}

/** More than this would make the map slow on a cheap tablet; the rest is left out. */
const MOST_PLACES = 50_000

/** Name of the file with the shapes for the question at a reference, or null where the form names none. */
export function layerFile(xform: string, reference: string): string | null {
  const document = new DOMParser().parseFromString(xform, 'text/xml')
  const path = reference.replace(/\[\d+\]/gu, '')
  const input = [...document.getElementsByTagName('input')].find((each) => each.getAttribute('ref') === path)
  const nodeset = input?.getElementsByTagName('itemset')[0]?.getAttribute('nodeset') ?? ''
  const id = /^instance\('([^']+)'\)/u.exec(nodeset)?.[1]
  const instance = [...document.getElementsByTagName('instance')].find((each) => id !== undefined && each.id === id)
  return /^jr:\/\/file(?:-csv)?\/(.+)$/u.exec(instance?.getAttribute('src') ?? '')?.[1] ?? null
}

/** The shapes in a file; what is none is left out. */
export function shapesIn(name: string, text: string): readonly Shape[] {
  const shapes = name.toLowerCase().endsWith('.geojson') ? fromGeoJson(text) : fromCsv(text)
  let room = MOST_PLACES
  return shapes.filter(({ places }) => (room -= places.length) >= 0)
}

function fromCsv(text: string): readonly Shape[] {
  const [header = [], ...rows] = csvRows(text)
  const [geometry, label, name] = ['geometry', 'label', 'name'].map((column) => header.indexOf(column))
  return rows.flatMap((row) => {
    const written = row[geometry ?? -1] ?? ''
    const places = pointsOf(written)
    const parts = written.split(';').filter((part) => part.trim() !== '').length
    const kind = parts > places.length ? 'area' : 'line'
    return made(places.length === 1 ? 'point' : kind, row[label ?? -1] ?? row[name ?? -1] ?? '', places)
  })
}

function made(kind: Shape['kind'], label: string, places: readonly Place[]): readonly Shape[] {
  const fewest = { point: 1, line: FEWEST.geotrace, area: FEWEST.geoshape }[kind]
  return places.length < fewest ? [] : [{ kind, label, places }]
}

/** Rows of a CSV file (RFC 4180). */
function csvRows(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare = '', end] of text.replace(/^\uFEFF/u, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/gu)) {
    row.push(quoted?.replace(/""/gu, '"') ?? bare)
    if (end === ',') continue
    if (row.some((cell) => cell !== '')) rows.push(row)
    row = []
  }
  return rows
}

interface Geometry {
  readonly type?: unknown
  readonly coordinates?: unknown
}

interface Feature {
  readonly geometry?: Geometry | null
  readonly properties?: Readonly<Record<string, unknown>> | null
}

function fromGeoJson(text: string): readonly Shape[] {
  const { features } = JSON.parse(text) as { features?: unknown }
  if (!Array.isArray(features)) return []
  return (features as readonly Feature[]).flatMap(({ geometry, properties }) => {
    const title = properties?.['title'] ?? properties?.['label'] ?? properties?.['name']
    return shapesOf(geometry ?? {}, typeof title === 'string' ? title : '')
  })
}

function shapesOf({ type, coordinates }: Geometry, label: string): readonly Shape[] {
  if (!Array.isArray(coordinates)) return []
  const parts = coordinates as readonly unknown[]
  switch (type) {
    case 'Point':
      return made('point', label, placesIn([parts]))
    case 'LineString':
      return made('line', label, placesIn(parts))
    // Of an area its outer ring is drawn.
    case 'Polygon':
      return Array.isArray(parts[0]) ? made('area', label, placesIn(parts[0])) : []
    case 'MultiLineString':
      return parts.flatMap((part) => shapesOf({ type: 'LineString', coordinates: part }, label))
    case 'MultiPolygon':
      return parts.flatMap((part) => shapesOf({ type: 'Polygon', coordinates: part }, label))
    default:
      return []
  }
}

function placesIn(coordinates: readonly unknown[]): readonly Place[] {
  return coordinates.flatMap((each) => {
    const [longitude, latitude] = Array.isArray(each) ? (each as readonly unknown[]) : []
    if (typeof latitude !== 'number' || typeof longitude !== 'number') return []
    const place = { latitude, longitude, altitude: 0, accuracy: 0 }
    return isPlace(place) ? [place] : []
  })
}

/** The lines of shapes as one path of SVG, in metres from `origin` on the plane. */
export function pathOf(shapes: readonly Shape[], kind: 'line' | 'area', origin: Spot): string {
  const parts = shapes.filter((shape) => shape.kind === kind).map(({ places }) => {
    const steps = places.map(spotOf).map(({ x, y }) => `${(x - origin.x).toFixed(1)} ${(y - origin.y).toFixed(1)}`)
    return `M${steps.join('L')}${kind === 'area' ? 'Z' : ''}`
  })
  return parts.join('')
}
