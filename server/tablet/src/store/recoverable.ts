/** What a code from the vault opens: what may depend on something that can vanish, and what may be locked away. */
import { TabletError } from '../services'
import { hex } from './bytes'
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

/** Raises `passkey.unrecoverable` where nothing would open an interviewer's drafts once a passkey is gone. */
export async function checkRecoverable(database: Database, interviewer: string): Promise<void> {
  if (!(await recoverable(database)).has(interviewer)) throw new TabletError('passkey.unrecoverable')
}

/**
 * Writes keys that were made from those of `before`. A finger takes its time: neither a revocation nor a new lock may be
 * undone. Raises `device.revoked`, and `passkey.not_made` where the lock was changed meanwhile.
 */
export async function replaceKeys(database: Database, before: InterviewerRow, change: Partial<InterviewerRow>): Promise<void> {
  await database.transaction('rw', database.interviewers, async () => {
    const row = await database.interviewers.get(before.id)
    if (row?.isAway === true && before.isAway !== true) throw new TabletError('device.revoked')
    // Each lock has a salt of its own; and central may have refused what opens it.
    const isSame = row !== undefined && hex(row.keys.salt) === hex(before.keys.salt) && row.keys.recovery?.number === before.keys.recovery?.number
    if (!isSame) throw new TabletError('passkey.not_made')
    await database.interviewers.update(row.id, change)
  })
}

/** Keys that no code opens: nobody has what one would follow from. */
export function withoutRecovery({ salt, iterations, device, passkey, master, seed }: WrappedKeys): WrappedKeys {
  return { salt, iterations, device, ...(passkey === undefined ? {} : { passkey }), master, seed }
}
