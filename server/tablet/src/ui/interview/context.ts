/** What the parts of an open interview share. */
import { inject, type InjectionKey } from 'vue'
import type { Navigation } from './navigation'
import type { Session } from './session'

export interface Interview {
  readonly session: Session
  readonly navigation: Navigation
}

export const INTERVIEW: InjectionKey<Interview> = Symbol('interview')

export function useInterview(): Interview {
  const found = inject(INTERVIEW)
  if (found === undefined) throw new Error('no interview is open')
  return found
}
