/** What a draft says: its answers by place, the hidden ones among them, and the entries of its repeats. */
import { withHidden } from '../form/hidden'
import type { DraftContent } from '../services'
import type { Asked, Outline, Part } from './outline'

/** An answer at its place, such as `member[2]/age`. */
export interface Answer {
  readonly place: string
  readonly question: Asked
  readonly text: string
}

/** An entry of an outermost repeat: the places in it count from the entry. */
export interface SaidEntry {
  readonly answers: readonly Answer[]
  /** Places of the entries of repeats within, each before what is in it. */
  readonly entries: readonly string[]
}

export interface Said {
  /** Answers that stand in no repeat, by path. */
  readonly answers: ReadonlyMap<string, Answer>
  /** The entries of each outermost repeat, by its path. */
  readonly repeats: ReadonlyMap<string, readonly SaidEntry[]>
}

/** Reads a draft by the outline of its own version. Raises `SyntaxError` where it is no XML. */
export function saidIn(content: Pick<DraftContent, 'instanceXml' | 'hidden'>, outline: Outline): Said {
  const xml = withHidden(content.instanceXml, content.hidden)
  const answers = new Map<string, Answer>()
  const repeats = new Map<string, SaidEntry[]>()
  const read = (holder: Element, parts: readonly Part[]): void => {
    for (const part of parts) {
      const found = childrenOf(holder, part.name)
      if (part.part === 'repeat') repeats.set(part.path, found.map((entry) => entryOf(entry, part.parts)))
      else if (found[0] === undefined) continue
      else if (part.part === 'group') read(found[0], part.parts)
      else answers.set(part.path, { place: part.path, question: part, text: found[0].textContent })
    }
  }
  read(parsed(xml).documentElement, outline.parts)
  return { answers, repeats }
}

function entryOf(element: Element, parts: readonly Part[]): SaidEntry {
  const answers: Answer[] = []
  const entries: string[] = []
  const read = (holder: Element, inner: readonly Part[], within: string): void => {
    for (const part of inner) {
      const found = childrenOf(holder, part.name)
      if (part.part === 'repeat') {
        for (const [at, entry] of found.entries()) {
          const place = `${within}${part.name}[${at + 1}]`
          entries.push(place)
          read(entry, part.parts, `${place}/`)
        }
      } else if (found[0] === undefined) continue
      else if (part.part === 'group') read(found[0], part.parts, `${within}${part.name}/`)
      else answers.push({ place: `${within}${part.name}`, question: part, text: found[0].textContent })
    }
  }
  read(element, parts, '')
  return { answers, entries }
}

/** What is given at each place, those in entries of repeats included, such as `member[2]/age`. */
export function byPlace({ answers, repeats }: Said): ReadonlyMap<string, Answer> {
  const found = new Map(answers)
  for (const [path, entries] of repeats) {
    for (const [at, entry] of entries.entries()) {
      for (const answer of entry.answers) found.set(`${path}[${at + 1}]/${answer.place}`, answer)
    }
  }
  for (const [place, { text }] of found) if (text === '') found.delete(place)
  return found
}

/** The elements of that name that stand directly in another. */
export function childrenOf(holder: Element, name: string): readonly Element[] {
  return [...holder.children].filter((child) => child.nodeName === name)
}

/** Raises `SyntaxError` for what is no XML. */
export function parsed(xml: string): XMLDocument {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  if (document.getElementsByTagName('parsererror').length > 0) throw new SyntaxError('the instance is not XML')
  return document
}
