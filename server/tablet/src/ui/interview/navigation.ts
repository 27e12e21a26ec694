/** Where in a form the interviewer is: a section, and the entries of repeats that are open in it. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Entry, FormItem, Section } from '../../form/model'
import { isShown, pagesOfEntry } from '../../form/sections'
import type { OpenForm } from '../../form/open_form'

export interface Navigation {
  readonly sections: ComputedRef<readonly Section[]>
  readonly index: ComputedRef<number>
  readonly section: ComputedRef<Section | undefined>
  /** Open entries, the innermost last. */
  readonly trail: ComputedRef<readonly Entry[]>
  /** The pages of the innermost open entry, and which of them is shown; none and 0 where no entry is open. */
  readonly pages: ComputedRef<readonly Section[]>
  readonly pageIndex: ComputedRef<number>
  readonly items: ComputedRef<readonly FormItem[]>
  /** The overview before finishing. */
  readonly isAtEnd: ComputedRef<boolean>
  /** Reference of the place, to come back to it. */
  readonly position: ComputedRef<string | null>
  /** Reference of the question that is looked for, until somebody has shown it. */
  readonly target: ShallowRef<string | null>
  goTo(key: string): void
  /** Shows another page of the open entry, by its number from 0. */
  goToPage(index: number): void
  goToEnd(): void
  enter(entry: Entry): void
  leaveEntry(): void
  /** Opens the section and the entries in which a question stands, and names it as the one to look at. */
  goToQuestion(reference: string): void
}

const END = 'end'

function isWithin(reference: string, place: string): boolean {
  return reference === place || reference.startsWith(`${place}/`) || reference.startsWith(`${place}[`)
}

/** The entries on the way to a reference, from the outside in. */
export function entriesTo(reference: string, items: readonly FormItem[]): readonly Entry[] {
  for (const item of items) {
    if (item.item === 'question') continue
    const inner: readonly (Entry | FormItem)[] = item.item === 'roster' ? item.entries : item.children
    const found = inner.find((each) => isWithin(reference, each.reference))
    if (item.item === 'group' && isWithin(reference, item.reference)) return entriesTo(reference, item.children)
    if (found?.item === 'entry') return [found, ...entriesTo(reference, found.children)]
  }
  return []
}

/** The section in which a reference stands; questions that stand between groups are found by themselves. */
export function sectionOf(reference: string, sections: readonly Section[]): Section | undefined {
  return sections.find(
    (section) =>
      isWithin(reference, section.reference) || section.items.some((item) => isWithin(reference, item.reference)),
  )
}

export function useNavigation(form: OpenForm): Navigation {
  const sections = computed(() => form.sections)
  const at = shallowRef<string | null>(null)
  const open = shallowRef<readonly Entry[]>([])
  const last = shallowRef(0)
  /** Key of the page of the open entry. */
  const step = shallowRef<string | null>(null)
  const target = shallowRef<string | null>(null)

  const index = computed(() => {
    const found = sections.value.findIndex(({ key }) => key === at.value)
    // A section that an answer has hidden: the one that is now in its place.
    return found >= 0 ? found : Math.min(last.value, Math.max(0, sections.value.length - 1))
  })
  const section = computed(() => sections.value[index.value])
  const isAtEnd = computed(() => at.value === END)
  const trail = computed(() => {
    const place = section.value
    const hidden = open.value.findIndex(({ relevant }) => !relevant)
    if (place === undefined || isAtEnd.value) return []
    return hidden < 0 ? open.value : open.value.slice(0, hidden)
  })
  const entry = computed(() => trail.value.at(-1))
  const pages = computed(() => (entry.value === undefined ? [] : pagesOfEntry(entry.value, form.layout)))
  const pageIndex = computed(() => Math.max(0, pages.value.findIndex(({ key }) => key === step.value)))
  const items = computed(() => {
    if (entry.value !== undefined) return (pages.value[pageIndex.value]?.items ?? []).filter(isShown)
    return (section.value?.items ?? []).filter(isShown)
  })
  const position = computed(() => {
    if (entry.value === undefined) return section.value?.reference ?? null
    return pages.value[pageIndex.value]?.reference ?? entry.value.reference
  })

  function goTo(key: string): void {
    at.value = key
    open.value = []
    last.value = Math.max(
      0,
      sections.value.findIndex((each) => each.key === key),
    )
  }

  function goToQuestion(reference: string): void {
    const found = sectionOf(reference, sections.value)
    if (found === undefined) return
    goTo(found.key)
    open.value = entriesTo(reference, found.items)
    stepTo(reference)
    target.value = reference
  }

  /** The page of the innermost open entry on which a reference stands, else its first. */
  function stepTo(reference: string): void {
    const innermost = open.value.at(-1)
    step.value = innermost === undefined ? null : (sectionOf(reference, pagesOfEntry(innermost, form.layout))?.key ?? null)
  }

  function resume(reference: string): void {
    goToQuestion(reference)
    target.value = null
  }

  const first = sections.value[0]
  if (form.position !== null && sectionOf(form.position, sections.value)) resume(form.position)
  else if (first !== undefined) goTo(first.key)

  return {
    sections,
    index,
    section,
    trail,
    pages,
    pageIndex,
    items,
    isAtEnd,
    position,
    target,
    goTo,
    goToQuestion,
    goToEnd: () => {
      open.value = []
      at.value = END
    },
    goToPage: (to) => {
      step.value = pages.value[to]?.key ?? null
    },
    enter: (entered) => {
      open.value = [...trail.value, entered]
      step.value = null
    },
    leaveEntry: () => {
      const left = trail.value.at(-1)
      open.value = trail.value.slice(0, -1)
      if (left !== undefined) stepTo(left.reference)
    },
  }
}
