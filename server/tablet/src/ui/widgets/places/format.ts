/**
 * Places as ODK writes them: `latitude longitude altitude accuracy`, several joined by `;`. Degrees (WGS 84) and metres.
 * What was set by hand has an accuracy of 0, as in ODK Collect, and what is unknown is 0 too.
 */

export interface Point {
  readonly latitude: number
  readonly longitude: number
  readonly altitude: number
  readonly accuracy: number
}

/** Decimals of a degree: a centimetre on the ground. */
const DEGREE_DIGITS = 7

/** A point from outside: rounded to what a device can mean. */
export function point(latitude: number, longitude: number, altitude = 0, accuracy = 0): Point {
  return {
    latitude: rounded(latitude, DEGREE_DIGITS),
    longitude: rounded(longitude, DEGREE_DIGITS),
    altitude: rounded(altitude, 1),
    accuracy: rounded(accuracy, 2),
  }
}

function rounded(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}

/** Without the exponent that JavaScript gives to small numbers. */
function plain(value: number): string {
  return value.toFixed(DEGREE_DIGITS).replace(/\.?0+$/u, '')
}

export function isPlace({ latitude, longitude }: Point): boolean {
  const isNowhere = latitude === 0 && longitude === 0
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && !isNowhere
}

export function isSame(left: Point, right: Point): boolean {
  return left.latitude === right.latitude && left.longitude === right.longitude
}

export function pointText({ latitude, longitude, altitude, accuracy }: Point): string {
  return [latitude, longitude, altitude, accuracy].map(plain).join(' ')
}

/** The points of an answer, without the one that closes a shape. Empty where the text is none. */
export function pointsOf(text: string): readonly Point[] {
  const points: Point[] = []
  for (const part of text.split(';')) {
    if (part.trim() === '') continue
    const [latitude = NaN, longitude = NaN, altitude = 0, accuracy = 0] = part.trim().split(/\s+/u).map(Number)
    const found = { latitude, longitude, altitude, accuracy }
    if (Object.values(found).some(Number.isNaN) || !isPlace(found)) return []
    points.push(found)
  }
  const [first] = points
  const last = points.at(-1)
  if (points.length > 3 && first !== undefined && last !== undefined && isSame(first, last)) points.pop()
  return points
}

/** Fewest points that make a line or an area. */
export const FEWEST = { geotrace: 2, geoshape: 3 } as const

/** The answer for these points; empty while they are too few. */
export function lineText(kind: keyof typeof FEWEST, points: readonly Point[]): string {
  const [first] = points
  if (first === undefined || points.length < FEWEST[kind]) return ''
  return (kind === 'geoshape' ? [...points, first] : points).map(pointText).join(';')
}

/**
 * Degrees as people write them: `50,1234`, `50.1234° N`, `50° 7' 12.5" S`. Null for anything else, or beyond `limit`.
 */
export function typedDegrees(typed: string, limit: 90 | 180): number | null {
  const text = typed.trim().toUpperCase().replace(/,/gu, '.').replace(/[’′]/gu, "'").replace(/[”″]|''/gu, '"')
  const found = /^([+-]?)(\d{1,3}(?:\.\d+)?)\s*°?\s*(?:(\d{1,2}(?:\.\d+)?)\s*'\s*(?:(\d{1,2}(?:\.\d+)?)\s*")?)?\s*([NSEOWСЮИЗ]?)$/u.exec(text)
  if (found === null) return null
  const [, sign = '', degrees = '', minutes = '0', seconds = '0', side = ''] = found
  if (Number(minutes) >= 60 || Number(seconds) >= 60 || (side !== '' && !sides(limit).includes(side))) return null
  const value = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600
  if (value > limit) return null
  return rounded(sign === '-' || ['S', 'W', 'Ю', 'З'].includes(side) ? -value : value, DEGREE_DIGITS)
}

/** Letters of the sides, in Latin (east is E or O) and Cyrillic. */
function sides(limit: 90 | 180): string {
  return limit === 90 ? 'NSСЮ' : 'EOWИЗ'
}
