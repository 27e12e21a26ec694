// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'

import { keepAppearance, keptAppearance, ORDINARY, show } from './appearance'

function storage(text: string | null = null) {
  let kept = text
  return { getItem: () => kept, setItem: (_: string, value: string) => void (kept = value) }
}

describe('the appearance', () => {
  it('is found again as it was chosen', () => {
    const here = storage()
    const chosen = { zoom: 130, scheme: 'dark', contrast: 'more' } as const
    keepAppearance(here, chosen)
    expect(keptAppearance(here)).toEqual(chosen)
  })

  it.each([null, 'no JSON', '[]', '{"zoom": 4000, "scheme": "pink", "contrast": 1}'])('is ordinary where %s is kept', (text) => {
    expect(keptAppearance(storage(text))).toEqual(ORDINARY)
  })

  it('follows the tablet where nothing was chosen, and is told to the style sheets where something was', () => {
    const root = document.documentElement
    show({ zoom: 150, scheme: 'light', contrast: 'more' }, root)
    expect([root.dataset['scheme'], root.dataset['contrast'], root.style.fontSize]).toEqual(['light', 'more', '150%'])
    show(ORDINARY, root)
    expect([root.dataset['scheme'], root.dataset['contrast'], root.style.fontSize]).toEqual([undefined, undefined, ''])
  })
})
