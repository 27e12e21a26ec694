import { expect, it } from 'vitest'

import { Remembered } from './remembered'

it('is read once until it is forgotten', async () => {
  let read = 0
  const number = new Remembered(() => Promise.resolve((read += 1)))
  expect([await number.get(), await number.get()]).toEqual([1, 1])
  number.forget()
  expect(await number.get()).toBe(2)
})

it('what was being read when it was forgotten is not kept', async () => {
  const answers: ((text: string) => void)[] = []
  const text = new Remembered(() => new Promise<string>((answer) => answers.push(answer)))
  const before = text.get()
  text.forget()
  const after = text.get()
  answers[1]?.('new')
  answers[0]?.('old')
  expect([await before, await after, await text.get()]).toEqual(['old', 'new', 'new'])
})

it('a failure is not kept', async () => {
  let fails = true
  const text = new Remembered(() => (fails ? Promise.reject(new Error('once')) : Promise.resolve('there')))
  await expect(text.get()).rejects.toThrow('once')
  fails = false
  expect(await text.get()).toBe('there')
})
