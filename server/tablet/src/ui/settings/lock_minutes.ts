/** Minutes until the tablet locks itself: an interviewer may choose fewer than the study allows, never more. */
import type { InjectionKey, Ref } from 'vue'

const KEPT = 'feldbuch.lock-minutes'

/** What was chosen, or null; `App.vue` provides it, so that a choice holds at once. */
export const LOCK_MINUTES: InjectionKey<Ref<number | null>> = Symbol('lock minutes')

export function keptLockMinutes(storage: Pick<Storage, 'getItem'>): number | null {
  const kept = Number(storage.getItem(KEPT))
  return Number.isInteger(kept) && kept >= 1 ? kept : null
}

export function keepLockMinutes(storage: Pick<Storage, 'setItem'>, minutes: number): void {
  storage.setItem(KEPT, String(minutes))
}

/** `most`: what the study allows. */
export function lockMinutes(chosen: number | null, most: number): number {
  return chosen === null ? most : Math.min(chosen, most)
}
