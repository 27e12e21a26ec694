/** Answers written into an instance of the version that they go to. */
import type { Carried, Entry } from './carry'
import { childrenOf, parsed } from './said'

/**
 * The instance with its answers. `instanceXml` is one of the version that they go to: new, or as the draft was under it,
 * with hidden answers in their places. Raises `SyntaxError`.
 */
export function written(instanceXml: string, { answers, repeats }: Pick<Carried, 'answers' | 'repeats'>): string {
  const document = parsed(instanceXml)
  const root = document.documentElement
  const put = (holder: Element, { answers: inner, entries }: Entry): void => {
    for (const place of entries) place.split('/').reduce(stepInto, holder)
    for (const [place, text] of inner) place.split('/').reduce(stepInto, holder).textContent = text
  }
  put(root, { answers, entries: [] })
  for (const [path, entries] of repeats) {
    const steps = path.split('/')
    const name = steps.pop() ?? path
    const holder = steps.reduce(stepInto, root)
    for (const entry of childrenOf(holder, name)) entry.remove()
    for (const [at, entry] of entries.entries()) put(stepInto(holder, `${name}[${at + 1}]`), entry)
  }
  return new XMLSerializer().serializeToString(document)
}

/** The element that a step such as `trip[2]` leads to, made where it is not there. */
function stepInto(holder: Element, step: string): Element {
  const [, name = step, position = '1'] = /^(.+)\[(\d+)\]$/u.exec(step) ?? []
  const present = childrenOf(holder, name)
  const found = present[Number(position) - 1]
  if (found !== undefined) return found
  const made = holder.ownerDocument.createElementNS(holder.namespaceURI, name)
  holder.insertBefore(made, present.at(-1)?.nextSibling ?? null)
  return made
}
