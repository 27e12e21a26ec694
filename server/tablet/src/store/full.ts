import { TabletError } from '../services'

/** Runs `work`; a storage that is full becomes `storage.full`, whatever wrapped it. */
export async function orFull<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isFull(error)) throw new TabletError('storage.full')
    throw error
  }
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'QuotaExceededError') return true
  return 'inner' in error && isFull(error.inner)
}
