/** The line of the journal that says under which version of its form an interview goes on. */
import { read, written } from './journal'

/** `before` is what the journal holds; `now` in milliseconds since 1970. The journal's time never goes back. */
export function noteOfMove(before: readonly string[], from: string, to: string, now: number): string {
  const last = read(before).at(-1)?.at ?? 0
  return written([{ kind: 'moved', at: Math.max(last, now), from, to }])
}
