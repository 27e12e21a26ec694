import { expect, it } from 'vitest'
import { uncluttered } from './labels'

const label = (text: string, x: number, y: number) => ({ text, x, y })
const texts = (...labels: ReturnType<typeof label>[]) => uncluttered(labels).map(({ text }) => text)

it('leaves a name out that would lie on one before it', () => {
  expect(texts(label('Rathaus', 100, 100), label('Park', 110, 105), label('Bach', 100, 130))).toEqual(['Rathaus', 'Bach'])
  expect(texts(label('Rathaus', 100, 100), label('Park', 170, 100))).toEqual(['Rathaus', 'Park'])
  expect(texts(label('', 0, 0))).toEqual([])
})

it('cuts a name that would cross the map', () => {
  expect(texts(label('Welchen Weg gehen Sie zur Arbeit?', 0, 0))).toEqual(['Welchen Weg gehen Sie zur…'])
})
