import type { Database } from './database'
import { CENTRAL } from './whereabouts'

/**
 * The place lacks these items although it kept them, or gave a receipt under this epoch: its word does not count any
 * more, so they are pending again. Apart from `Items`, which home waits for. Also for use inside a transaction.
 */
export async function queueAgain(database: Database, hashes: readonly string[], place: string, epoch: string | null): Promise<void> {
  const lacking = new Set(hashes)
  if (lacking.size === 0) return
  await database.items
    .filter(({ hash }) => lacking.has(hash))
    .modify((item) => {
      const acknowledged = Object.fromEntries(Object.entries(item.acknowledged).filter(([id]) => id !== place))
      Object.assign(item, { acknowledged })
      // No node takes back what central has signed.
      if (place !== CENTRAL || epoch === null) return
      const given = item.receipts[epoch]
      const receipts = Object.fromEntries(Object.entries(item.receipts).filter(([of]) => of !== epoch))
      Object.assign(item, { receipts, ...(given === undefined ? {} : { lacked: { epoch, seq: given.seq } }) })
    })
}
