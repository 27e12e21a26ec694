import { fromB64u, keyId } from '../envelope'
import { TabletError } from '../services'
import type { Bytes } from './bytes'
import type { Database } from './database'
import { BodyError, intakeKeyBody } from './feed_bodies'

/** Size in bytes of an X-Wing public key. */
const PUBLIC_SIZE = 1216

/** The chain that carries one device's certificate and intake keys. */
export function deviceChain(device: string): string {
  return `device:${device}`
}

/** The public key that records are sealed to now: the last in the feed. Raises `intake_key.missing`. */
export async function newestIntakeKey(database: Database, device: string): Promise<Bytes> {
  const chain = deviceChain(device)
  const rows = await database.feed.where('[chain+number]').between([chain, 0], [chain, Infinity]).reverse().toArray()
  for (const row of rows) {
    if (row.kind !== 'intake_key') continue
    try {
      const body = intakeKeyBody(row.body)
      const bytes = fromB64u(body.public)
      if (body.device === device && bytes?.length === PUBLIC_SIZE && keyId(bytes) === body.key) return bytes
    } catch (error) {
      if (!(error instanceof BodyError)) throw error
    }
  }
  throw new TabletError('intake_key.missing')
}
