/** How a form is cut into what is shown at once, and how much of it is done. */
import type { Counts, Entry, FormItem, Group, Layout, Question, Roster, Section } from './model'

const UNASKED: ReadonlySet<string> = new Set(['note'])
const ATTACHED: ReadonlySet<string> = new Set(['photo', 'audio', 'video', 'file'])

/** Whether the answer is a file. */
export function isAttached(question: Question): boolean {
  return ATTACHED.has(question.kind)
}

/** Whether the question only names the choices of the questions below it. */
export function isHeaderRow({ kind, appearances }: Question): boolean {
  return (kind === 'one' || kind === 'many') && appearances.has('label')
}

/** Whether a person is asked for an answer here. */
export function isAsked(question: Question): boolean {
  return !isHeaderRow(question) && question.relevant && !question.readonly && !UNASKED.has(question.kind)
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

/** Whether what a group or an entry holds stays on one page, also where pages hold one question. */
function isTogether({ appearances }: Group | Entry | Roster): boolean {
  return appearances.has('field-list') || appearances.has('table-list')
}

/** The pages of a form: groups and repeats, and the questions between them; with `pages` each question by itself. */
export function sectionsOf(items: readonly FormItem[], layout: Layout = 'sections'): readonly Section[] {
  return layout === 'pages' ? pagesOf(items, null) : groupsOf(items)
}

/** The pages of an entry of a repeat, in the order of the form. */
export function pagesOfEntry(entry: Entry, layout: Layout): readonly Section[] {
  if (layout === 'pages' && !isTogether(entry)) return pagesOf(entry.children, null)
  return [section(entry, () => entry.children.filter(isShown), null)]
}

function groupsOf(items: readonly FormItem[]): readonly Section[] {
  const sections: Section[] = []
  let loose: Question[] = []
  const close = (): void => {
    const [first] = loose
    const questions = loose
    if (first !== undefined) sections.push(section(first, () => questions, null))
    loose = []
  }
  for (const item of items.filter(isShown)) {
    if (item.item === 'question') {
      loose.push(item)
      continue
    }
    close()
    if (item.item === 'group' && isHeading(item)) sections.push(...groupsOf(item.children))
    else sections.push(section(item, () => (item.item === 'group' ? item.children.filter(isShown) : [item]), item))
  }
  close()
  return sections
}

function pagesOf(items: readonly FormItem[], heading: Group | null): readonly Section[] {
  return items.filter(isShown).flatMap((item) => {
    if (item.item === 'question') return [section(item, () => [item], heading)]
    if (item.item === 'roster') return [section(item, () => [item], item)]
    if (!isTogether(item)) return pagesOf(item.children, item.label === null ? heading : item)
    return [section(item, () => item.children.filter(isShown), item)]
  })
}

/** A page named after `item`, under a heading or none. */
function section(item: FormItem | Entry, itemsOf: () => readonly FormItem[], heading: Group | Roster | null): Section {
  const { key, reference, name, relevant } = item
  // All is worked out when it is looked at: there are as many sections as the form is long, and one is shown.
  return {
    key,
    reference,
    name,
    relevant,
    get items() {
      return itemsOf()
    },
    get label() {
      return heading?.label ?? null
    },
    get media() {
      return heading?.media ?? null
    },
    get title() {
      const label = heading?.label ?? null
      return (heading?.key === key ? label : null) ?? questionsIn(itemsOf())[0]?.label ?? label
    },
  }
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
