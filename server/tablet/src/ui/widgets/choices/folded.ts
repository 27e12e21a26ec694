/** Words as they are looked for: small letters, without the marks above and below them. */

const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', ı: 'i', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ł: 'l' }

/** `Brăila` and `Braila`, `Iğdır` and `igdir`, `Й` and `и`, `Straße` and `strasse` are the same. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßıæœøđł]/gu, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(/\s+/gu, ' ')
    .trim()
}

export interface Searchable {
  readonly label: { readonly plain: string }
}

/** The folded words of a list, made once for as long as the list is the same. */
const foldedLists = new WeakMap<readonly Searchable[], readonly string[]>()

function wordsOf(list: readonly Searchable[]): readonly string[] {
  const known = foldedLists.get(list)
  if (known !== undefined) return known
  const made = list.map(({ label }) => folded(label.plain))
  foldedLists.set(list, made)
  return made
}

/** Those of a list that have all words that were typed; those that begin with what was typed come first. */
export function searched<Each extends Searchable>(list: readonly Each[], typed: string): readonly Each[] {
  const wanted = folded(typed)
  if (wanted === '') return list
  const parts = wanted.split(' ')
  const first: Each[] = []
  const later: Each[] = []
  const words = wordsOf(list)
  for (const [at, each] of list.entries()) {
    const text = words[at] ?? ''
    if (text.startsWith(wanted)) first.push(each)
    else if (parts.every((part) => text.includes(part))) later.push(each)
  }
  return [...first, ...later]
}
