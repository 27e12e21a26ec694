/** What the parts of an open interview share. */
import { inject, type InjectionKey } from 'vue'
import type { Navigation } from './navigation'
import type { Question } from '../../form/model'
import type { Session } from './session'
import type { Undoing } from './undoing'

export interface Interview {
  readonly session: Session
  readonly navigation: Navigation
  readonly undoing: Undoing
  /** Goes on after a question that was answered for good: to the next one, or to the next page. */
  readonly advance: (from: Question) => void
}

export const INTERVIEW: InjectionKey<Interview> = Symbol('interview')

export function useInterview(): Interview {
  const found = inject(INTERVIEW)
  if (found === undefined) throw new Error('no interview is open')
  return found
}
