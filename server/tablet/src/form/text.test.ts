import { describe, expect, it } from 'vitest'
import { formText } from './text'

type Range = Parameters<typeof formText>[0]

/** A text of the engine that says whether its markup was read. */
function range(text: string): { readonly range: Range; readonly isRead: () => boolean } {
  let read = false
  const made = {
    asString: text,
    get formatted() {
      read = true
      return []
    },
  }
  return { range: made as unknown as Range, isRead: () => read }
}

describe('the words of a form', () => {
  it.each(['Wie alt sind Sie?', 'Frage 12 [de]', 'Ja (immer)', 'Колко? [1] или [2]'])('%s are taken as they are', (text) => {
    const label = range(text)
    expect(formText(label.range).plain).toBe(text)
    expect(label.isRead()).toBe(false)
  })

  it.each(['**fett**', '[Seite](https://example.org)', '[a] [b]', '1. eins', '# Titel', 'a\nb', 'a < b', '- Punkt'])(
    '%s are read for their markup',
    (text) => {
      const label = range(text)
      formText(label.range)
      expect(label.isRead()).toBe(true)
    },
  )
})
