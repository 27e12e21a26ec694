/** What the screens share: the tablet behind them and the form engine. Both are handed in where the app is put together. */
import { inject, onScopeDispose, type InjectionKey } from 'vue'
import type { Tablet } from '../services'
import type { ErrorMessage } from './errors'
import type { FormEngine } from '../form/engine'

/** `main.ts` provides the tablet under this key. */
export const TABLET: InjectionKey<Tablet> = Symbol('tablet')

/** Keeps the engine from one interview to the next, and with it the loaded forms. Empty until a form is opened. */
export interface EngineKeeper {
  engine: FormEngine | null
  /** Versions of forms that did not open, and why. Followed by Vue. */
  readonly unreadable: Map<string, ErrorMessage>
}

/** Provided by `App.vue`. */
export const ENGINE: InjectionKey<EngineKeeper> = Symbol('engine')

/** Raises when the app was put together without it: nothing can work then. */
export function useTablet(): Tablet {
  return needed(inject(TABLET), 'tablet')
}

export function useEngine(): EngineKeeper {
  return needed(inject(ENGINE), 'engine')
}

/** Calls back now and after every change of the tablet, until the component is gone. */
export function useChanges(tablet: Tablet, listener: () => void): void {
  onScopeDispose(tablet.subscribe(listener))
  listener()
}

function needed<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} was not provided`)
  return value
}
