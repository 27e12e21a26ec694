/** Names on the map that leave each other room: where two would lie on each other, the earlier one stays. */

export interface Label {
  readonly text: string
  /** Where its mark is, in pixels; the name begins beside it. */
  readonly x: number
  readonly y: number
}

const LONGEST = 26
/** About what a letter takes; too much leaves a name out, too little lets two touch. */
const LETTER = 8
const HEIGHT = 20

export function uncluttered<T extends Label>(labels: readonly T[]): readonly T[] {
  const kept: T[] = []
  for (const label of labels) {
    const text = label.text.length > LONGEST ? `${label.text.slice(0, LONGEST - 1).trimEnd()}…` : label.text
    const isFree = kept.every(({ x, y, text: other }) => {
      const isBeside = label.x > x + other.length * LETTER || x > label.x + text.length * LETTER
      return isBeside || Math.abs(label.y - y) > HEIGHT
    })
    if (text !== '' && isFree) kept.push({ ...label, text })
  }
  return kept
}
