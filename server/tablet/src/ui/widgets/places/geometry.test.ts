import { describe, expect, it } from 'vitest'
import { point } from './format'
import { area, distance, length, placeAt, roundBelow, spotOf, stretch } from './geometry'

const duisburg = point(51.4344, 6.7623)
const plovdiv = point(42.1354, 24.7453)

describe('on the ground', () => {
  it('a degree of latitude is about 111 km, and a far way as long as an atlas says', () => {
    expect(distance(point(50, 8), point(51, 8))).toBeCloseTo(111_195, -1)
    expect(distance(point(51.5074, -0.1278), point(48.8566, 2.3522)) / 1000).toBeCloseTo(343.56, 1)
  })

  it('a line is the sum of its ways, and closing it adds the way back', () => {
    const [a, b, c] = [point(50, 8), point(50, 8.01), point(50.01, 8.01)] as const
    expect(length([a, b, c])).toBeCloseTo(distance(a, b) + distance(b, c))
    expect(length([a, b, c], true)).toBeCloseTo(distance(a, b) + distance(b, c) + distance(c, a))
    expect(length([a])).toBe(0)
  })

  it('an area is the same whichever way round one goes', () => {
    const square = [point(50, 8), point(50, 8.001), point(50.001, 8.001), point(50.001, 8)]
    const sides = distance(square[0]!, square[1]!) * distance(square[1]!, square[2]!)
    expect(area(square) / sides).toBeCloseTo(1, 3)
    expect(area(square.toReversed())).toBeCloseTo(area(square), 6)
    expect(area(square.slice(0, 2))).toBe(0)
  })
})

describe('the plane of the map', () => {
  it('leads back to the place', () => {
    const back = placeAt(spotOf(plovdiv))
    expect(back.latitude).toBeCloseTo(plovdiv.latitude, 9)
    expect(back.longitude).toBeCloseTo(plovdiv.longitude, 9)
  })

  it('has north above, and its scale follows the latitude', () => {
    expect(spotOf(duisburg).y).toBeLessThan(spotOf(plovdiv).y)
    const near = point(51.4354, 6.7623)
    const onPlane = spotOf(duisburg).y - spotOf(near).y
    expect(onPlane / stretch(spotOf(duisburg)) / distance(duisburg, near)).toBeCloseTo(1, 3)
  })

  it.each([
    [7, 5],
    [1, 1],
    [99, 50],
    [0.3, 0.2],
    [2000, 2000],
  ])('a bar of at most %d is %d long', (most, expected) => expect(roundBelow(most)).toBeCloseTo(expected, 9))
})
