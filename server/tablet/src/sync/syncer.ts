import type { DeliveryProgress, HeldBack, Sync, SyncStatus } from '../services'
import type { Changes } from '../store/changes'
import { behindCentral, stopsConnections, worthTelling } from './clock'
import { thriftOf, type Connection } from './link'
import type { Pace } from './pace'
import type { Means } from './round'

const LOCK = 'feldbuch-sync'
const PROGRESS_MS = 250
const NOTHING: SyncStatus = { phase: 'idle', lastContact: null, lastPlace: null, problem: null, alarm: null, progress: null, heldBack: null, clockAhead: null }

/** What tells that the network came back: the window of a browser. */
export interface NetworkEvents {
  addEventListener(type: 'online', listener: () => void): void
  removeEventListener(type: 'online', listener: () => void): void
}

/** Rounds of synchronisation, one at a time over all tabs. */
export class Syncer implements Sync {
  private current: SyncStatus = NOTHING
  private running: Promise<void> | null = null
  private again = false
  private timer: ReturnType<typeof setInterval> | null = null
  private readonly online = (): void => {
    this.means.backoff.forget()
    void this.run()
  }
  /** A better line lets media go that wait; a worse one is noticed between two pieces. */
  private readonly lineChanged = (): void => {
    if (this.current.heldBack !== null && thriftOf(this.connection) === null) void this.run()
  }
  /** A person wants media sent on this line too, until the round ends. */
  private isForced = false
  private isFresh = false
  private advancedAt = -Infinity

  private readonly means: Means

  constructor(
    means: Omit<Means, 'report' | 'pace' | 'clock'>,
    private readonly changes: Changes,
    private readonly locks: LockManager,
    private readonly network: NetworkEvents,
    private readonly connection?: Connection,
  ) {
    const pace: Pace = {
      thrift: () => (this.isForced ? null : thriftOf(this.connection)),
      fresh: () => {
        const was = this.isFresh
        this.isFresh = false
        return was
      },
      progress: (progress) => this.advance(progress),
      heldBack: (held) => this.hold(held),
      stumbles: new Map(),
    }
    const clock = (seconds: number): void => this.set({ clockAhead: worthTelling(seconds) })
    this.means = { ...means, report: (phase) => this.set({ phase }), pace, clock }
  }

  /** A round that a person asked for: no place is spared for having failed before. */
  async round({ media = false }: { readonly media?: boolean } = {}): Promise<SyncStatus> {
    this.means.backoff.forget()
    this.isForced ||= media
    await this.run()
    return this.current
  }

  status(): SyncStatus {
    return this.current
  }

  start(seconds: number): void {
    this.stop()
    this.timer = setInterval(() => void this.run(), seconds * 1000)
    this.network.addEventListener('online', this.online)
    this.connection?.addEventListener?.('change', this.lineChanged)
    void this.run()
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
    this.network.removeEventListener('online', this.online)
    this.connection?.removeEventListener?.('change', this.lineChanged)
  }

  /** There is something new to deliver: a round soon, if rounds run by themselves. */
  nudge(): void {
    this.isFresh = true
    if (this.timer !== null) void this.run()
  }

  /** Reads from the database what an earlier run or another tab has seen. */
  async recall(): Promise<void> {
    const places = await this.means.database.places.toArray()
    const lastPlace = (await this.means.database.get('lastPlace')) ?? null
    const lastContact = places.find((place) => place.id === lastPlace)?.lastContact ?? null
    // Which link broke is kept with the place; whoever holds the tablet needs to know that one did.
    const alarm = places.some((place) => place.alarm !== null) ? 'feed.broken' : null
    const clockAhead = this.current.clockAhead ?? (await behindCentral(this.means.database, this.means.now().getTime()))
    this.current = { ...this.current, lastPlace, lastContact, alarm, clockAhead }
  }

  /** Joins a round that is under way, and has another follow it: what is new may have come too late for the first. */
  private async run(): Promise<void> {
    if (this.running !== null) {
      this.again = true
      return this.running
    }
    this.running = this.rounds()
    try {
      await this.running
    } finally {
      this.running = null
    }
  }

  private async rounds(): Promise<void> {
    do {
      this.again = false
      this.current = { ...this.current, heldBack: null }
      let problem: string | null = this.current.problem
      try {
        await this.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
          if (lock === null) return
          // Home is painted before anything of a round is needed.
          const { runRound } = await import('./round')
          const told = await runRound(this.means)
          if (told !== undefined) problem = told
        })
      } catch {
        // The database itself failed; the next round tries again.
        problem = 'sync.failed'
      }
      problem = await this.explained(problem).catch(() => problem)
      await this.recall().catch(() => undefined)
      this.set({ phase: 'idle', problem, progress: null })
      this.changes.tell()
    } while (this.again)
    this.isForced = false
  }

  /** Where nothing was reached, the clock may be the reason. */
  private async explained(problem: string | null): Promise<string | null> {
    if (problem !== 'network.unreachable' && problem !== 'network.clock') return problem
    return (await stopsConnections(this.means.database, this.means.now().getTime())) ? 'network.clock' : 'network.unreachable'
  }

  /** Told a few times a second at most: each telling has the lists read anew. */
  private advance(progress: DeliveryProgress): void {
    const now = performance.now()
    const isLast = progress.parts === progress.ofParts
    this.current = { ...this.current, progress }
    if (!isLast && now - this.advancedAt < PROGRESS_MS) return
    this.advancedAt = now
    this.changes.tellHere()
  }

  /** Adds up over the pieces of a round, which may ask again for the same part. */
  private hold(held: HeldBack): void {
    const before = this.current.heldBack
    if (before === null || before === undefined || held.bytes > before.bytes) this.set({ heldBack: held })
  }

  private set(change: Partial<SyncStatus>): void {
    this.current = { ...this.current, ...change }
    this.changes.tellHere()
  }
}
