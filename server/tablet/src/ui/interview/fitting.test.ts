import { expect, it } from 'vitest'

import type { FormItem } from '../../form/model'
import { fitting } from './fitting'

const item = (given: object): FormItem => ({ item: 'question', kind: 'text', appearances: new Set(), choices: [], ...given }) as unknown as FormItem
const text = item({})
const choices = item({ kind: 'one', choices: ['a', 'b', 'c', 'd', 'e'] })

it('fills half the screen and no more', () => {
  // 240 pixels stand around the cards: 400 are left for cards of 170, or of 170 and four rows of 64.
  expect(fitting(Array.from({ length: 40 }, () => text), 1280)).toBe(3)
  expect(fitting(Array.from({ length: 40 }, () => choices), 1280)).toBe(1)
})

it('gives all where half the screen is not filled, and one at the least where one fills it', () => {
  expect(fitting([text, choices], 1280)).toBe(2)
  expect(fitting([choices, text], 100)).toBe(1)
  expect(fitting([], 1280)).toBe(0)
})

it('trusts no appearance to be tall', () => {
  const minimal = item({ kind: 'one', choices: ['a', 'b', 'c'], appearances: new Set(['minimal']) })
  expect(fitting([minimal, minimal, minimal], 1440)).toBe(3)
  const open = item({ kind: 'one', choices: ['a', 'b', 'c'] })
  expect(fitting([open, open, open], 1440)).toBe(2)
})
