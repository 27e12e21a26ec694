/** The tablet's own way back leads out of a screen that stands over home, not out of the app. */
import { onScopeDispose } from 'vue'

/** `name` marks the step in the history; `back` is called when it is taken back. */
export function useWayBack(name: string, back: () => void): void {
  if ((history.state as { feldbuch?: string } | null)?.feldbuch !== name) history.pushState({ feldbuch: name }, '')
  addEventListener('popstate', back)
  onScopeDispose(() => removeEventListener('popstate', back))
}
