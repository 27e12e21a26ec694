/** Where in a form the interviewer is: a section, and the entries of repeats that are open in it. */
import { computed, shallowRef, type ComputedRef } from 'vue'
import type { Entry, FormItem, Section } from '../../form/model'
import { isShown } from '../../form/sections'
import type { OpenForm } from '../../form/open_form'

export interface Navigation {
  readonly sections: ComputedRef<readonly Section[]>
  readonly index: ComputedRef<number>
  readonly section: ComputedRef<Section | undefined>
  /** Open entries, the innermost last. */
  readonly trail: ComputedRef<readonly Entry[]>
  readonly items: ComputedRef<readonly FormItem[]>
  /** The overview before finishing. */
  readonly isAtEnd: ComputedRef<boolean>
  /** Reference of the place, to come back to it. */
  readonly position: ComputedRef<string | null>
  goTo(key: string): void
  goToEnd(): void
  enter(entry: Entry): void
  leaveEntry(): void
  /** Opens the section and the entries in which a question stands. */
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
  const items = computed(() => {
    const entry = trail.value.at(-1)
    return entry === undefined ? (section.value?.items ?? []).filter(isShown) : entry.children.filter(isShown)
  })
  const position = computed(() => trail.value.at(-1)?.reference ?? section.value?.reference ?? null)

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
  }

  const first = sections.value[0]
  if (form.position !== null && sectionOf(form.position, sections.value)) goToQuestion(form.position)
  else if (first !== undefined) goTo(first.key)

  return {
    sections,
    index,
    section,
    trail,
    items,
    isAtEnd,
    position,
    goTo,
    goToQuestion,
    goToEnd: () => {
      open.value = []
      at.value = END
    },
    enter: (entry) => {
      open.value = [...trail.value, entry]
    },
    leaveEntry: () => {
      open.value = trail.value.slice(0, -1)
    },
  }
}
