import { describe, expect, it, vi } from 'vitest'
import type { TabletError } from '../../../services'
import { point } from './format'
import { followPosition, qualityOf, type Locator } from './measure'
import { isStep } from './walk'

describe('the place of the tablet', () => {
  function locator(): { locator: Locator; found: PositionCallback; failed: PositionErrorCallback; cleared: number[] } {
    const cleared: number[] = []
    const made = { cleared } as unknown as ReturnType<typeof locator>
    made.locator = {
      watchPosition: (found, failed) => {
        made.found = found
        made.failed = failed ?? vi.fn()
        return 7
      },
      clearWatch: (id) => cleared.push(id),
    }
    return made
  }

  it('is told until nobody wants it any more', () => {
    const fake = locator()
    const found = vi.fn()
    const stop = followPosition(found, vi.fn(), fake.locator)
    fake.found({ coords: { latitude: 42.13541234, longitude: 24.7, altitude: null, accuracy: 12.345 } } as GeolocationPosition)
    expect(found).toHaveBeenCalledWith(point(42.1354123, 24.7, 0, 12.35))
    stop()
    expect(fake.cleared).toEqual([7])
  })

  it('is refused, or cannot be had', () => {
    const fake = locator()
    const failed = vi.fn()
    followPosition(vi.fn(), failed, fake.locator)
    fake.failed({ code: 1 } as GeolocationPositionError)
    fake.failed({ code: 3 } as GeolocationPositionError)
    followPosition(vi.fn(), failed, undefined)
    const codes = (failed.mock.calls as [TabletError][]).map(([error]) => error.code)
    expect(codes).toEqual(['position.denied', 'position.unavailable', 'position.unavailable'])
  })

  it('is good, fair or poor by the limits of the form', () => {
    expect([8, 8.1, 40, 40.1].map((accuracy) => qualityOf(accuracy, 8, 40))).toEqual(['good', 'fair', 'fair', 'poor'])
    expect(qualityOf(3, 0, 100)).toBe('fair')
  })
})

describe('a walk', () => {
  const start = point(50, 8, 0, 4)
  const north = (metres: number, accuracy = 4) => point(50 + metres / 111_195, 8, 0, accuracy)

  it('sets a point after five metres, more where the place is uncertain', () => {
    expect(isStep(undefined, start, 0)).toBe(true)
    expect(isStep(start, north(4.5), 1000)).toBe(false)
    expect(isStep(start, north(5.5), 1000)).toBe(true)
    expect(isStep(start, north(5.5, 20), 1000)).toBe(false)
    expect(isStep(start, north(10.5, 20), 1000)).toBe(true)
    expect(isStep(start, north(200, 31), 1000)).toBe(false)
  })

  it('sets one after a while for a slow walk, none for standing still', () => {
    expect(isStep(start, north(2.5), 21_000)).toBe(true)
    expect(isStep(start, north(1), 60_000)).toBe(false)
  })
})
