import { expect, test, vi } from 'vitest'

import { Changes } from '../store/changes'
import { freshDatabase } from './testing/tablet'
import { Backoff } from './backoff'
import { Bodies } from '../store/bodies'
import { Http } from './http'
import * as round from './round'
import { Syncer } from './syncer'

vi.mock('./round', { spy: true })

interface Rig {
  readonly syncer: Syncer
  readonly changes: Changes
  readonly rounds: () => number
  /** Ends the round that is under way. */
  readonly end: (problem?: string | null) => void
  readonly online: () => void
}

function rig(): Rig {
  const database = freshDatabase()
  const ends: ((problem: string | null) => void)[] = []
  const spy = vi.mocked(round.runRound).mockImplementation(() => new Promise((resolve) => ends.push(resolve)))
  const network = new EventTarget()
  const means = {
    database,
    bodies: new Bodies(database),
    http: new Http(() => Promise.reject(new Error('unused'))),
    sign: () => Promise.reject(new Error('unused')),
    backoff: new Backoff(),
    now: () => new Date(),
    recordings: null,
    locks: navigator.locks,
  }
  const changes = new Changes(null)
  const syncer = new Syncer(means, changes, navigator.locks, network)
  return {
    syncer,
    changes,
    rounds: () => spy.mock.calls.length,
    end: (problem = null) => ends.shift()?.(problem),
    online: () => network.dispatchEvent(new Event('online')),
  }
}

test('calls during a round join it, and one more round follows for what they brought', async () => {
  const { syncer, rounds, end } = rig()
  const first = syncer.round()
  await vi.waitFor(() => expect(rounds()).toBe(1))
  const joined = Promise.all([syncer.round(), syncer.round()])
  end('network.unreachable')
  await vi.waitFor(() => expect(rounds()).toBe(2))
  end()
  expect((await first).problem).toBeNull()
  await joined
  expect(rounds()).toBe(2)
})

test('two tabs never sync at once', async () => {
  const one = rig()
  const working = one.syncer.round()
  await vi.waitFor(() => expect(one.rounds()).toBe(1))
  const other = rig()
  vi.mocked(round.runRound).mockClear()
  await other.syncer.round()
  expect(other.rounds()).toBe(0)
  one.end()
  await working
})

test('rounds run by themselves from start to stop: at once, when the network comes back, and after finishing', async () => {
  const { syncer, changes, rounds, end, online } = rig()
  syncer.nudge()
  online()
  expect(rounds()).toBe(0)
  syncer.start(3600)
  const ended = async (number: number): Promise<void> => {
    await vi.waitFor(() => expect(rounds()).toBe(number))
    const idle = new Promise<void>((resolve) => {
      const stop = changes.subscribe(() => {
        if (syncer.status().phase !== 'idle') return
        stop()
        resolve()
      })
    })
    end()
    await idle
    // One turn more, until the syncer is ready for the next round.
    await new Promise((resolve) => setTimeout(resolve))
  }
  await ended(1)
  online()
  await ended(2)
  syncer.nudge()
  await ended(3)
  syncer.stop()
  online()
  syncer.nudge()
  expect(rounds()).toBe(3)
})

test('a round that fails inside is told and does not end the rounds', async () => {
  const { syncer, rounds } = rig()
  vi.mocked(round.runRound).mockRejectedValueOnce(new Error('the database is gone')).mockResolvedValue(null)
  expect((await syncer.round()).problem).toBe('sync.failed')
  expect((await syncer.round()).problem).toBeNull()
  expect(rounds()).toBe(2)
})
