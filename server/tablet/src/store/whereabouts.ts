import type { Whereabouts } from '../services'
import type { Acknowledgement, ItemRow, Meta } from './database'

/** Central's id as a place. */
export const CENTRAL = 'central'

/** Where a part is, and the code that a place gave with it. */
export interface PartState {
  readonly whereabouts: Whereabouts
  readonly code: string | null
}

/** From the worst, which a person must look at, to the best. */
const ORDER: readonly Whereabouts[] = ['conflict', 'quarantined', 'set_aside', 'tablet', 'node', 'central', 'safe']

/**
 * Where an item is, as far as this tablet can prove it. Central's signed receipt goes before any place's word;
 * only a receipt under the signed mark of the same epoch makes it `safe`, and so it stays when its bytes were pruned.
 */
export function partState(item: ItemRow, mark: Meta['mark'] | undefined): PartState {
  if (item.pruned !== undefined) return item.isGone === true ? { whereabouts: 'set_aside', code: 'item.gone' } : { whereabouts: 'safe', code: null }
  const current = mark === undefined ? undefined : item.receipts[mark.epoch]
  const receipt = current ?? Object.values(item.receipts).at(-1)
  const words = Object.entries(item.acknowledged)
  if (receipt !== undefined) {
    if (receipt.state !== 'held') return { whereabouts: receipt.state, code: codeOf(words, receipt.state) }
    const safe = current !== undefined && mark !== undefined && current.seq <= mark.durableSeq
    return { whereabouts: safe ? 'safe' : 'central', code: null }
  }
  for (const state of ['conflict', 'quarantined'] as const) {
    if (words.some(([, word]) => word.state === state)) return { whereabouts: state, code: codeOf(words, state) }
  }
  if (item.isAside === true) return { whereabouts: 'set_aside', code: 'item.aside' }
  if (words.some(([, word]) => word.state === 'held' || word.state === 'waiting')) return { whereabouts: 'node', code: null }
  if (words.length > 0) return { whereabouts: 'set_aside', code: codeOf(words, 'refused') }
  return { whereabouts: 'tablet', code: null }
}

/** The state of an instance of so many parts is that of its worst part; with fewer, nothing is known of the rest. */
export function worst(states: readonly PartState[], parts: number): PartState {
  const unknown: PartState = { whereabouts: 'tablet', code: null }
  const rank = (state: PartState): number => ORDER.indexOf(state.whereabouts)
  const all = states.length < parts ? [...states, unknown] : states
  return all.reduce((least, state) => (rank(state) < rank(least) ? state : least), all[0] ?? unknown)
}

function codeOf(words: [string, Acknowledgement][], state: Acknowledgement['state']): string | null {
  return words.find(([, word]) => word.state === state)?.[1].code ?? null
}
