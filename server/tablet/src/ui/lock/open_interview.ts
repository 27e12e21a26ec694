/** What an interview needs so that the tablet can be locked over it and opened again at the same place. */
import type { CaseReference, FormVersion } from '../../services'
import type { Session } from '../interview/session'

/** An interview to begin, a draft to go on with, or an interview that is still in memory. */
export type Task = { readonly form: FormVersion; readonly subject?: CaseReference } | { readonly draft: string } | { readonly session: Session }

/** Longest wait for what is still on its way to the disk. */
const PATIENCE_MS = 5_000

/**
 * Waits until all of an interview is on disk. Gives the task that goes on with it, or null when it was finished
 * meanwhile. What cannot be kept, or works on while the tablet is locked, stays in memory: nothing is lost for a lock.
 */
export async function keepForLater(session: Session, before: Task, isHeld: boolean): Promise<Task | null> {
  const outcome = await freed(session)
  if (session.isFinished) return null
  if (isHeld || outcome !== 'kept' || session.state.keeping !== 'kept') return { session }
  return session.draft === null ? before : { draft: session.draft }
}

/** Waits, but not for ever, until an interview is neither being sealed nor has anything on its way to the disk. */
export function freed(session: Session): Promise<'kept' | 'failed' | 'late'> {
  const patience = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), PATIENCE_MS))
  const kept = session.free().then(
    () => 'kept' as const,
    () => 'failed' as const,
  )
  return Promise.race([kept, patience])
}
