/** What the browser does for the app as a whole, for the screens. `main.ts` provides it. */
import { inject, type InjectionKey } from 'vue'
import type { Shell } from '../../pwa/shell'

export const SHELL: InjectionKey<Shell> = Symbol('shell')

/** Null where the screens stand alone, as in a preview. */
export function useShell(): Shell | null {
  return inject(SHELL, null)
}
