/** What a code from the vault opens: what may depend on something that can vanish, and what may be locked away. */
import type { Database, InterviewerRow } from './database'
import { deviceChain } from './intake_key'
import type { WrappedKeys } from './keys'

/**
 * Ids of those whose drafts a code from the vault opens: the master is locked by one, central's certificates named a key to
 * seal its secret to, and central has taken that.
 */
export async function recoverable(database: Database): Promise<ReadonlySet<string>> {
  const enrolled = await database.get('enrolled')
  if (enrolled === undefined) return new Set()
  const chain = deviceChain(enrolled.device)
  const entries = await database.feed.where('[chain+number]').between([chain, 0], [chain, Infinity]).toArray()
  const bodies = entries.filter(({ kind }) => kind === 'certificate' || kind === 'interviewer').map(({ body }) => body)
  const isSealed = ({ id }: InterviewerRow): boolean => {
    const own = bodies.filter((body) => body['interviewer'] === id)
    return own.length > 0 && own.every((body) => body['recovery_key'] !== undefined)
  }
  const rows = await database.interviewers.toArray()
  return new Set(rows.filter((row) => row.keys.recovery !== undefined && row.owed === null && isSealed(row)).map(({ id }) => id))
}

/** Keys that no code opens: nobody has what one would follow from. */
export function withoutRecovery({ salt, iterations, device, passkey, master, seed }: WrappedKeys): WrappedKeys {
  return { salt, iterations, device, ...(passkey === undefined ? {} : { passkey }), master, seed }
}
