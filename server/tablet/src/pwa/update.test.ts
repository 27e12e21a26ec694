import { expect, it } from 'vitest'

import { OpenTab } from './update'

/** Locks that are granted when the test says so, and what is held at the moment. */
function slowLocks() {
  const waiting: (() => void)[] = []
  let held = 0
  const locks = {
    request: async (_: string, __: LockOptions, work: () => Promise<void>): Promise<void> => {
      await new Promise<void>((grant) => waiting.push(grant))
      held += 1
      await work()
      held -= 1
    },
  } as unknown as LockManager
  const grant = async (): Promise<void> => {
    waiting.splice(0).forEach((each) => each())
    await new Promise((done) => setTimeout(done))
  }
  return { locks, grant, held: () => held }
}

it('a tab holds off a new build while it is open, however late the browser grants that', async () => {
  const { locks, grant, held } = slowLocks()
  const tab = new OpenTab(locks)
  tab.opened()
  tab.opened()
  await grant()
  expect(held()).toBe(1)
  tab.closed()
  await grant()
  expect(held()).toBe(0)
})

it('a tab that was closed before it was granted gives back at once', async () => {
  const { locks, grant, held } = slowLocks()
  const tab = new OpenTab(locks)
  tab.opened()
  tab.closed()
  await grant()
  expect(held()).toBe(0)
  tab.opened()
  await grant()
  expect(held()).toBe(1)
})
