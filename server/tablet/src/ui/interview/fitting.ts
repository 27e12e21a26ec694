/** How many cards of a page stand where one looks first, so that a page can begin with these. */
import type { FormItem } from '../../form/model'

/** Pixels that a card, a row of a choice, and what stands above and below the cards take on a page like most. */
const CARD = 170
const ROW = 64
const AROUND = 240

/** The number of items from the first on that fill the upper half of a screen of `height` pixels; all of them where they do not. */
export function fitting(items: readonly FormItem[], height: number): number {
  let filled = AROUND
  const past = items.findIndex((item) => {
    filled += usual(item)
    return filled >= height / 2
  })
  return past < 0 ? items.length : past + 1
}

function usual(item: FormItem): number {
  if (item.item !== 'question') return CARD
  // An appearance may lay the choices side by side, or behind a button; many stand in two columns.
  const hasRows = (item.kind === 'one' || item.kind === 'many') && item.appearances.size === 0
  return CARD + (hasRows ? ROW * Math.min(item.choices.length, 4) : 0)
}
