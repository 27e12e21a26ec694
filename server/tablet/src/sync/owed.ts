import type { Database } from '../store/database'
import { deposited, refused } from '../store/revoked'
import { PlaceError } from './failures'
import type { Http } from './http'

const CALL_MS = 30_000
/** Answers after which asking again is of no use. */
const FINAL = ['recovery.unknown', 'request.unknown']

/** Whether central still has to be told how forgotten PINs of this tablet are opened. */
export async function owesRecovery(database: Database): Promise<boolean> {
  return (await database.interviewers.toArray()).some(({ owed }) => owed !== null)
}

/** Tells central what is still owed. What central will never take is forgotten. Raises as `Http` where it does not answer. */
export async function deliverRecovery(database: Database, http: Http, central: string): Promise<void> {
  for (const { id, owed } of await database.interviewers.toArray()) {
    if (owed === null) continue
    let become = deposited
    try {
      await http.json(`${central}/sync/recovery`, { method: 'POST', json: { recovery: owed }, timeout: CALL_MS })
    } catch (error) {
      if (!(error instanceof PlaceError) || !FINAL.includes(error.code)) throw error
      become = refused
    }
    await database.interviewers.where({ id }).modify((row, held) => {
      held.value = become(row)
    })
  }
}
