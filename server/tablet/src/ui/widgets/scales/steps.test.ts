import { describe, expect, it } from 'vitest'
import { marksOf, stepOf, stepsOf, valueAt } from './steps'

const said = String

describe('a scale', () => {
  it('goes from its beginning to its end, also downwards and in fractions', () => {
    expect(stepsOf({ min: 1, max: 5, step: 1 })).toEqual(['1', '2', '3', '4', '5'])
    expect(stepsOf({ min: 3, max: 1, step: 1 })).toEqual(['3', '2', '1'])
    expect(stepsOf({ min: 3, max: 1, step: -1 })).toEqual(['3', '2', '1'])
    expect(stepsOf({ min: 0, max: 0.3, step: 0.1 })).toEqual(['0', '0.1', '0.2', '0.3'])
    expect(stepsOf({ min: 0, max: 1_000_000, step: 1 })).toEqual([])
  })

  it('finds the step of an answer', () => {
    const down = { min: 10, max: 0, step: 2 }
    expect(stepOf(down, '6')).toBe(2)
    expect(valueAt(down, 2)).toBe(6)
    expect(stepOf(down, '')).toBeNull()
  })

  it('has its ends written, or the words of the form', () => {
    expect(marksOf({ min: 0, max: 10, step: 1 }, null, said)).toEqual([
      { at: 0, text: '0' },
      { at: 1, text: '10' },
    ])
    const labels = [
      { value: 10, text: 'ganz' },
      { value: 0, text: 'gar nicht' },
    ]
    expect(marksOf({ min: 0, max: 10, step: 1 }, { interval: null, labels, placeholder: null }, said)).toEqual([
      { at: 0, text: 'gar nicht' },
      { at: 1, text: 'ganz' },
    ])
  })

  it('has a number at each mark that has no words', () => {
    const ticks = { interval: 5, labels: [{ value: 0, text: 'nie' }], placeholder: null }
    expect(marksOf({ min: 0, max: 10, step: 1 }, ticks, said).map(({ text }) => text)).toEqual(['nie', '5', '10'])
  })
})
