/** How many cards of a page fill a screen, so that a page can begin with these. */
import type { FormItem } from '../../form/model'

/** Pixels that a card, a row of a choice and a touch on a roster take at the least. */
const CARD = 120
const ROW = 48

/** The number of items from the first on that fill `height` pixels or more; all of them where they do not. */
export function fitting(items: readonly FormItem[], height: number): number {
  let filled = 0
  const past = items.findIndex((item) => {
    filled += atLeast(item)
    return filled >= height
  })
  return past < 0 ? items.length : past + 1
}

function atLeast(item: FormItem): number {
  if (item.item !== 'question') return CARD
  // An appearance may lay the choices side by side, or behind a button.
  const hasRows = (item.kind === 'one' || item.kind === 'many') && item.appearances.size === 0
  return CARD + (hasRows ? ROW * Math.min(item.choices.length, 4) : 0)
}
