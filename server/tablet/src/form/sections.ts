/** How a form is cut into what is shown at once, and how much of it is done. */
import type { Counts, Entry, FormItem, Question, Section } from './model'

const UNASKED: ReadonlySet<string> = new Set(['note'])
const ATTACHED: ReadonlySet<string> = new Set(['photo', 'audio', 'video', 'file'])

/** Whether the answer is a file. */
export function isAttached(question: Question): boolean {
  return ATTACHED.has(question.kind)
}

/** Whether a person is asked for an answer here. */
export function isAsked(question: Question): boolean {
  return question.relevant && !question.readonly && !UNASKED.has(question.kind)
}

/** A group that only holds groups is a heading, no page: what it holds are the pages. */
function isHeading(item: FormItem): boolean {
  return item.item === 'group' && item.children.length > 0 && item.children.every(({ item: kind }) => kind === 'group')
}

/** Anything to see: a group whose questions are all hidden is left out. */
export function isShown(item: FormItem): boolean {
  if (!item.relevant) return false
  return item.item !== 'group' || item.children.some(isShown)
}

/** The pages of a form: groups and repeats, and the questions between them. */
export function sectionsOf(items: readonly FormItem[]): readonly Section[] {
  const sections: Section[] = []
  let loose: Question[] = []
  const close = (): void => {
    const [first] = loose
    if (first !== undefined) sections.push(section(first, loose, true))
    loose = []
  }
  for (const item of items.filter(isShown)) {
    if (item.item === 'question') {
      loose.push(item)
      continue
    }
    close()
    if (item.item === 'group' && isHeading(item)) sections.push(...sectionsOf(item.children))
    else sections.push(section(item, item.item === 'group' ? item.children.filter(isShown) : [item], false))
  }
  close()
  return sections
}

function section(item: FormItem, items: readonly FormItem[], isLoose: boolean): Section {
  const { key, reference, name, relevant } = item
  return { key, reference, name, relevant, label: isLoose ? null : item.label, items }
}

/** Every question that is shown, those in the entries of repeats included. */
export function questionsIn(items: readonly (FormItem | Entry)[]): readonly Question[] {
  return items.flatMap((item) => {
    if (!item.relevant) return []
    if (item.item === 'question') return [item]
    return questionsIn(item.item === 'roster' ? item.entries : item.children)
  })
}

export function countsOf(items: readonly (FormItem | Entry)[]): Counts {
  const asked = questionsIn(items).filter(isAsked)
  return {
    asked: asked.length,
    answered: asked.filter(({ settled }) => settled).length,
    problems: asked.filter(({ problem }) => problem !== null).length,
  }
}
