import { describe, expect, it } from 'vitest'
import { shownDateTime, shownTime, typedDateTime, typedDecimal, typedInteger, typedTime } from './values'

describe('a typed number', () => {
  it.each([
    ['12', '12'],
    [' 1 200 ', '1200'],
    ['-3', '-3'],
    ['007', '7'],
    ['', ''],
    ['12,5', null],
    ['zwei', null],
    ['2147483648', null],
    ['1e3', null],
  ])('that is whole: %j is %j', (typed, text) => expect(typedInteger(typed)).toBe(text))

  it.each([
    ['12,5', '12.5'],
    ['12.50', '12.5'],
    ['12,', '12'],
    [',5', '0.5'],
    ['', ''],
    ['1.200,50', null],
    ['1e3', null],
    ['-', null],
  ])('with a comma or a point: %j is %j', (typed, text) => expect(typedDecimal(typed)).toBe(text))
})

describe('a typed moment', () => {
  it('is written with seconds and read back as the field has it', () => {
    expect(typedTime('10:30')).toBe('10:30:00.000')
    expect(shownTime(typedTime('10:30'))).toBe('10:30')
  })

  it('with a date carries the offset of the tablet', () => {
    const written = typedDateTime('2026-05-01T10:30')
    expect(written).toMatch(/^2026-05-01T10:30:00\.000[+-]\d\d:\d\d$/u)
    expect(new Date(written).getTime()).toBe(new Date('2026-05-01T10:30').getTime())
    expect(shownDateTime(written)).toBe('2026-05-01T10:30')
    expect(typedDateTime('')).toBe('')
  })
})
