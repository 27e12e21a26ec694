/** Orders that were begun: no answers before they are whole, and kept with the draft all the same. */
import { shallowReactive } from 'vue'
import type { Question } from '../../form/model'

/** Values in the order so far. */
export type Order = readonly string[]

/** Orders by the reference of their question, as a draft holds them. */
export type KeptOrders = Readonly<Record<string, Order>>

/** Followed by Vue. */
export class BegunOrders {
  readonly #orders = shallowReactive(new Map<string, { readonly question: Question; readonly order: Order }>())

  /** `shown` are the questions of a draft that is gone on with; an order whose question is hidden is not kept. */
  constructor(kept: KeptOrders = {}, shown: readonly Question[] = []) {
    for (const question of shown) {
      const offered = new Set(question.choices.map(({ value }) => value))
      const order = [kept[question.reference] ?? []].flat().filter((value) => offered.has(value))
      if (order.length > 0) this.#orders.set(question.key, { question, order })
    }
  }

  of({ key }: Question): Order | null {
    return this.#orders.get(key)?.order ?? null
  }

  set(question: Question, order: Order): void {
    this.#orders.set(question.key, { question, order })
  }

  /** It is whole now, or taken back. */
  end({ key }: Question): void {
    this.#orders.delete(key)
  }

  /** The keys of the questions. */
  keys(): readonly string[] {
    return [...this.#orders.keys()]
  }

  /** As a draft holds them: by where the questions are now; null where there is none. */
  kept(): KeptOrders | null {
    if (this.#orders.size === 0) return null
    return Object.fromEntries([...this.#orders.values()].map(({ question, order }) => [question.reference, order]))
  }
}
