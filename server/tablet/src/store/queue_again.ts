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
      // No node takes back what central has signed.
      const kept = Object.entries(item.receipts).filter(([of]) => place !== CENTRAL || of !== epoch)
      Object.assign(item, { acknowledged, receipts: Object.fromEntries(kept) })
    })
}
