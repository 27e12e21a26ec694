import type { Database, InterviewerRow } from './database'
import { deviceChain } from './intake_key'
import { recoverable, withoutRecovery } from './recoverable'

/**
 * Locks the drafts of all interviewers away if central has revoked this tablet and that was not done yet: no PIN opens
 * them any more, but a code from the vault does. Gives whether something changed.
 *
 * What the PIN opened is forgotten, so that whoever copies the storage can try no PINs. It stays only where central has
 * nothing, or nothing yet, that could open the drafts instead: the app refuses the PIN all the same, and nothing is lost.
 */
export async function lockAway(database: Database, device: string): Promise<boolean> {
  const chain = deviceChain(device)
  return database.transaction('rw', [database.feed, database.interviewers, 'meta'], async () => {
    const rows = await database.feed.where('[chain+number]').between([chain, 0], [chain, Infinity]).toArray()
    const newest = rows.filter(({ kind, body }) => kind === 'revocation' && body['device'] === device).at(-1)
    if (newest === undefined || (await database.get('revocation')) === newest.number) return false
    const whose = await recoverable(database)
    await database.interviewers.toCollection().modify((row, held) => {
      held.value = away(row, whose.has(row.id))
    })
    await database.put('revocation', newest.number)
    return true
  })
}

/** A row once central has what opens it: what could not be locked away before is so now. */
export function deposited(row: InterviewerRow): InterviewerRow {
  return row.isAway === true ? away({ ...row, owed: null }, row.keys.recovery !== undefined) : { ...row, owed: null }
}

/** A row once central has refused for good what would open it: no code ever will, so the lock stays. */
export function refused(row: InterviewerRow): InterviewerRow {
  return { ...row, owed: null, keys: withoutRecovery(row.keys) }
}

function away(row: InterviewerRow, canRecover: boolean): InterviewerRow {
  return { ...row, isAway: true, keys: canRecover ? { ...row.keys, master: null } : row.keys }
}
