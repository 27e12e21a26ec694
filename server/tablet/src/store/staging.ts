const NAME = 'feldbuch-staging'

/** Runs `work` while no tab sweeps: it writes pieces that belong to nothing until it ends. */
export async function whileStaging<T>(locks: LockManager, work: () => Promise<T>): Promise<T> {
  return locks.request(NAME, { mode: 'shared' }, work)
}

/** Runs `sweep` if no tab is staging; otherwise the next start will. */
export async function whenQuiet(locks: LockManager, sweep: () => Promise<void>): Promise<void> {
  await locks.request(NAME, { mode: 'exclusive', ifAvailable: true }, async (lock) => {
    if (lock !== null) await sweep()
  })
}
