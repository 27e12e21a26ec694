/** What was sent back to this tablet, as the feed names it. */
import type { Database } from '../store/database'
import { BodyError, returnBody, type ContentReference, type ReturnBody } from '../store/feed_bodies'
import { deviceChain } from '../store/intake_key'

/** The entries of this tablet's own chain, in their order. Those that are not as the protocol says are passed over. */
export async function returnsIn(database: Database): Promise<ReturnBody[]> {
  const chain = deviceChain((await database.get('enrolled'))?.device ?? '')
  const rows = await database.feed.where('kind').equals('return').sortBy('number')
  const found: ReturnBody[] = []
  for (const row of rows) {
    if (row.chain !== chain) continue
    try {
      found.push(returnBody(row.body))
    } catch (error) {
      if (!(error instanceof BodyError)) throw error
    }
  }
  return found
}

/** The parcels that somebody may still open here. */
export async function parcelsWanted(database: Database): Promise<readonly ContentReference[]> {
  const settled = new Set((await database.returns.toArray()).filter(({ isSettled }) => isSettled).map(({ id }) => id))
  return (await returnsIn(database)).filter(({ id }) => !settled.has(id)).map(({ parcel }) => parcel)
}
