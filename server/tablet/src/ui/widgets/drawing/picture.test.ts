import { expect, it } from 'vitest'
import { sheetSize } from './picture'

it('a sheet has the shape of the room on the screen, within reason, and is no larger than the form allows', () => {
  expect(sheetSize('draw', { width: 800, height: 1280 }, null)).toEqual({ width: 1241, height: 1600 })
  expect(sheetSize('draw', { width: 1280, height: 800 }, null)).toEqual({ width: 1600, height: 800 })
  expect(sheetSize('draw', { width: 320, height: 1200 }, 600)).toEqual({ width: 360, height: 600 })
  expect(sheetSize('draw', { width: 640, height: 280 }, null)).toEqual({ width: 1600, height: 800 })
  expect(sheetSize('signature', { width: 800, height: 1280 }, 5000)).toEqual({ width: 1600, height: 800 })
})
