/** The calendar by keyboard: a cursor in the grid, what it says, and what the keys do. */
import { computed, ref, shallowRef, useId, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { drawn, nudged, type Limits } from '../../calendar/drawing'
import { extentOf, type Span } from '../../calendar/spell'
import { YEAR, ageAt, momentAt, stepOf, type Precision } from '../../calendar/time'
import type { Row } from './fields'
import type { LifeHistory } from './life_history'
import type { Told } from './told'
import { momentWords } from './words'

/** Where the keyboard is, in months; while a spell is being drawn, from its beginning on. */
export interface Cursor {
  readonly domain: string
  readonly from: number
  readonly to: number
}

interface Grid {
  readonly history: LifeHistory
  readonly domains: () => readonly Row[]
  readonly precision: ComputedRef<Precision>
  readonly limits: ComputedRef<Limits>
  readonly chosen: Ref<string | null>
  readonly words: (span: Span) => string
  readonly show: (place: number) => void
  readonly zoom: (factor: number) => void
  readonly drawn: (domain: string, span: Span) => void
  readonly open: (key: string) => void
  readonly remove: (key: string) => void
}

export function useGridKeys(grid: Grid) {
  const { t, locale } = useI18n()
  const helpId = useId()
  const row = ref(0)
  const place = ref<number | null>(null)
  const anchor = ref<number | null>(null)
  const hasFocus = ref(false)
  const said = shallowRef('')

  const step = computed(() => stepOf(grid.precision.value))
  const at = computed(() => place.value ?? Math.floor(grid.limits.value.now / step.value) * step.value)
  const domain = computed(() => grid.domains()[row.value])
  const cursor = computed<Cursor | null>(() => {
    if (!hasFocus.value || domain.value === undefined) return null
    const [from, to] = [Math.min(anchor.value ?? at.value, at.value), Math.max(anchor.value ?? at.value, at.value)]
    return { domain: domain.value.value, from, to: to + step.value }
  })
  /** The spell under the cursor, the chosen one first, which is also under it in the year in which it ends. */
  const under = computed<Told | null>(() => {
    const { now } = grid.limits.value
    const own = grid.history.spells.value.filter((told) => {
      const { from, to } = extentOf(told, now)
      const last = told.key === grid.chosen.value ? to : to - 1
      return told.domain === domain.value?.value && from < at.value + step.value && at.value <= last
    })
    return own.find(({ key }) => key === grid.chosen.value) ?? own[0] ?? null
  })

  function say(): void {
    const moment = momentAt(at.value, grid.precision.value)
    const { birth } = grid.history.life.value
    const when = momentWords(moment, locale.value)
    const where = { domain: domain.value?.label ?? '', when }
    const age = birth === null ? null : ageAt(at.value + step.value - 1, birth)
    const here = age === null || age < 0 ? t('calendar.cursor', where) : t('calendar.cursorAge', { ...where, age })
    const what = under.value === null ? t('calendar.nothing') : described(under.value)
    said.value = anchor.value === null ? `${here}: ${what}` : here
  }

  function described(told: Told): string {
    return [told.words, told.country?.label, grid.words(told)].filter(Boolean).join(', ')
  }

  function go(rows: number, steps: number): void {
    if (anchor.value === null) row.value = Math.min(Math.max(row.value + rows, 0), grid.domains().length - 1)
    const { from, now } = grid.limits.value
    const last = Math.floor(now / step.value) * step.value + (anchor.value === null ? 0 : step.value)
    place.value = Math.min(Math.max(Math.round(at.value / step.value + steps) * step.value, from), last)
    grid.show(place.value)
    if (anchor.value === null) grid.chosen.value = under.value?.key ?? null
    say()
  }

  /** Changes an end of the spell under the cursor by one step. */
  function stretch(grip: 'start' | 'end', by: number): void {
    const told = under.value
    if (told === null) return
    const span = nudged(told, grip, by, grid.precision.value, grid.limits.value)
    grid.history.change(told, span)
    grid.chosen.value = told.key
    said.value = grid.words(span)
  }

  function enter(): void {
    const here = domain.value
    if (here === undefined) return
    if (anchor.value !== null) {
      grid.drawn(here.value, drawn(anchor.value, at.value, grid.precision.value, grid.limits.value))
      anchor.value = null
    } else if (under.value !== null) grid.open(under.value.key)
    else {
      anchor.value = at.value
      said.value = t('calendar.begun', { when: momentWords(momentAt(at.value, grid.precision.value), locale.value) })
    }
  }

  function press(event: KeyboardEvent): void {
    const held = event.shiftKey ? 'end' : event.ctrlKey ? 'start' : null
    const across = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (event.altKey || event.metaKey) return
    if (across !== 0 && held !== null && anchor.value === null) stretch(held, across)
    else if (across !== 0) go(0, across)
    else if (event.key === 'ArrowUp') go(-1, 0)
    else if (event.key === 'ArrowDown') go(1, 0)
    else if (event.key === 'Home') go(0, -Infinity)
    else if (event.key === 'End') go(0, Infinity)
    else if (event.key === 'PageUp' || event.key === 'PageDown') go(0, ((event.key === 'PageUp' ? -10 : 10) * YEAR) / step.value)
    else if (event.key === 'Enter' || event.key === ' ') enter()
    else if (event.key === 'Delete' && under.value !== null) grid.remove(under.value.key)
    else if (event.key === '+' || event.key === '-') grid.zoom(event.key === '+' ? 1.5 : 1 / 1.5)
    else if (event.key === 'Escape' && (anchor.value !== null || grid.chosen.value !== null)) {
      anchor.value = null
      grid.chosen.value = null
      say()
    } else return
    event.preventDefault()
  }

  return {
    helpId,
    cursor,
    said,
    press,
    focused: (event: FocusEvent) => {
      hasFocus.value = (event.target as Element).matches(':focus-visible')
      if (hasFocus.value) say()
    },
    blurred: () => {
      hasFocus.value = false
      anchor.value = null
    },
    goTo: (value: string, month: number) => {
      row.value = Math.max(0, grid.domains().findIndex((each) => each.value === value))
      place.value = Math.floor(month / step.value) * step.value
      anchor.value = null
    },
  }
}
