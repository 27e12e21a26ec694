/** How much of a form is answered, counted anew only where something has changed: each save of a draft asks for it. */
import { computed, type ComputedRef } from 'vue'
import type { FormItem } from './model'
import { isAsked, questionsIn } from './sections'

/** Questions that a person is asked for, and those of them that have an answer or a reason for none. */
export interface Progress {
  readonly asked: number
  readonly answered: number
}

export class ProgressCount {
  /** By the key of what stands at the top of the form, which stays as long as the form is open. */
  readonly #known = new Map<string, ComputedRef<Progress>>()

  of(items: readonly FormItem[]): Progress {
    const counted = items.map((item) => this.#ofOne(item))
    const sum = (what: keyof Progress): number => counted.reduce((all, each) => all + each[what], 0)
    return { asked: sum('asked'), answered: sum('answered') }
  }

  #ofOne(item: FormItem): Progress {
    const known = this.#known.get(item.key) ?? computed(() => progressOf(item))
    this.#known.set(item.key, known)
    return known.value
  }
}

function progressOf(item: FormItem): Progress {
  const asked = questionsIn([item]).filter(isAsked)
  return { asked: asked.length, answered: asked.filter(({ settled }) => settled).length }
}
