import { describe, expect, it } from 'vitest'
import { dayOf, dayParts, momentOf, momentParts, timeOf, timeParts } from './parts'

describe('a day', () => {
  it('is read from its parts, in the precision that is asked for', () => {
    expect(dayOf({ day: '1', month: '5', year: '2026' }, 'day')).toBe('2026-05-01')
    expect(dayOf({ day: '', month: '5', year: '2026' }, 'month')).toBe('2026-05-01')
    expect(dayOf({ day: '', month: '', year: '1961' }, 'year')).toBe('1961-01-01')
  })

  it.each([
    ['without a year', { day: '1', month: '5', year: '' }],
    ['with half a year', { day: '1', month: '5', year: '61' }],
    ['without a month', { day: '1', month: '', year: '2026' }],
    ['that April does not have', { day: '31', month: '4', year: '2026' }],
    ['of a leap year in another', { day: '29', month: '2', year: '2025' }],
    ['0', { day: '0', month: '2', year: '2025' }],
    ['of letters', { day: 'x', month: '2', year: '2025' }],
  ])('%s is none', (_, parts) => {
    expect(dayOf(parts, 'day')).toBeNull()
  })

  it('knows leap years, also those of centuries', () => {
    expect(dayOf({ day: '29', month: '2', year: '2000' }, 'day')).toBe('2000-02-29')
    expect(dayOf({ day: '29', month: '2', year: '1900' }, 'day')).toBeNull()
  })

  it('of which nothing was typed is empty, whatever stands in parts that are not asked for', () => {
    expect(dayOf({ day: '', month: '', year: '' }, 'day')).toBe('')
    expect(dayOf({ day: '7', month: '7', year: ' ' }, 'year')).toBe('')
  })

  it('goes into its parts again', () => {
    expect(dayParts('2026-05-01')).toEqual({ day: '1', month: '5', year: '2026' })
    expect(dayParts('soon')).toEqual({ day: '', month: '', year: '' })
  })
})

describe('a time', () => {
  it('is read in 24 hours', () => {
    expect(timeOf({ hour: '7', minute: '05' })).toBe('07:05:00.000')
    expect(timeOf({ hour: '0', minute: '0' })).toBe('00:00:00.000')
    expect(timeOf({ hour: '24', minute: '0' })).toBeNull()
    expect(timeOf({ hour: '7', minute: '' })).toBeNull()
    expect(timeOf({ hour: '', minute: '' })).toBe('')
    expect(timeParts('07:05:00.000+02:00')).toEqual({ hour: '07', minute: '05' })
  })
})

describe('a day with its time', () => {
  const whole = { day: '24', month: '12', year: '2025', hour: '18', minute: '30' }

  it('needs both, and has the offset of the tablet', () => {
    expect(momentOf(whole)).toMatch(/^2025-12-24T18:30:00\.000[+-]\d\d:\d\d$/u)
    expect(momentOf({ ...whole, hour: '', minute: '' })).toBeNull()
    expect(momentOf({ ...whole, day: '', month: '', year: '' })).toBeNull()
    expect(momentOf({ day: '', month: '', year: '', hour: '', minute: '' })).toBe('')
    expect(momentParts(momentOf(whole) ?? '')).toEqual(whole)
  })
})
