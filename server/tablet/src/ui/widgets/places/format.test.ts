import { describe, expect, it } from 'vitest'
import { isPlace, lineText, point, pointText, pointsOf, typedDegrees } from './format'

const [a, b, c] = [point(51.4344, 6.7623), point(51.4351, 6.7642, 31.24, 4.126), point(51.4339, 6.7655)] as const

describe('a place', () => {
  it('is written as ODK has it, rounded to what a device can mean', () => {
    expect(pointText(point(51.434412345678, -6.76, 31.26, 4.126))).toBe('51.4344123 -6.76 31.3 4.13')
    expect(pointText(point(0.0000004, 7))).toBe('0.0000004 7 0 0')
  })

  it('is read back as it was', () => {
    expect(pointsOf(pointText(b))).toEqual([b])
    expect(pointsOf('51.5 6.7')).toEqual([point(51.5, 6.7)])
  })

  it.each(['', 'somewhere', '91 6', '51', '0 0 0 0', '51 6;x 7'])('is not read from "%s"', (text) =>
    expect(pointsOf(text)).toEqual([]),
  )

  it('lies on the Earth', () => {
    expect([point(90, -180), point(90.1, 0), point(0, 181), point(0, 0)].map(isPlace)).toEqual([true, false, false, false])
  })
})

describe('a line', () => {
  it('needs two points, an area three, and an area ends where it began', () => {
    expect(lineText('geotrace', [a])).toBe('')
    expect(lineText('geotrace', [a, b])).toBe(`${pointText(a)};${pointText(b)}`)
    expect(lineText('geoshape', [a, b])).toBe('')
    expect(lineText('geoshape', [a, b, c])).toBe([a, b, c, a].map(pointText).join(';'))
  })

  it('comes back with the points that were set', () => {
    expect(pointsOf(lineText('geotrace', [a, b, c]))).toEqual([a, b, c])
    expect(pointsOf(lineText('geoshape', [a, b, c]))).toEqual([a, b, c])
    expect(pointsOf(`${pointText(a)};${pointText(b)};`)).toEqual([a, b])
  })
})

describe('typed degrees', () => {
  it.each([
    ['50,1234', 90, 50.1234],
    [' 50.1234 ', 90, 50.1234],
    ['-12.5', 90, -12.5],
    ['50.1234° N', 90, 50.1234],
    ['50° 7\' 12.5" S', 90, -50.1201389],
    ['8°30′ O', 180, 8.5],
    ['24,75 И', 180, 24.75],
    ['24.75 З', 180, -24.75],
    ['179.9999999', 180, 179.9999999],
  ] as const)('%s', (typed, limit, degrees) => expect(typedDegrees(typed, limit)).toBe(degrees))

  it.each([
    ['90.1', 90],
    ['181', 180],
    ['50.1 E', 90],
    ['8.5 N', 180],
    ['50° 61\'', 90],
    ['50.1 8.5', 90],
    ['', 90],
    ['N', 90],
  ] as const)('not "%s"', (typed, limit) => expect(typedDegrees(typed, limit)).toBeNull())
})
