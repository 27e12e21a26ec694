/** When an open tablet locks itself: after a pause, and some time after the app went to the background. */

/** Times in milliseconds. */
export interface IdleTimes {
  readonly lockAfter: number
  /** So long before locking it is announced. */
  readonly warnBefore: number
  /** So long the app may be in the background: a glance at another app is no pause. */
  readonly grace: number
}

export const WARN_BEFORE_MS = 30_000
export const GRACE_MS = 30_000

/** Milliseconds by the tablet's clock, and since the app was started. */
export type Clock = () => { readonly wall: number; readonly running: number }

export interface IdleEvents {
  /** Seconds until the tablet locks itself, or null while nobody need know. */
  readonly warn: (seconds: number | null) => void
  readonly lock: () => void
}

/** Follows touches and the background. It is told of both, and looks at the clock when `tick` is called. */
export class IdleWatch {
  private touchedAt: ReturnType<Clock>
  private hiddenAt: ReturnType<Clock> | null = null
  private told: number | null = null

  constructor(
    private readonly times: IdleTimes,
    private readonly clock: Clock,
    private readonly events: IdleEvents,
  ) {
    this.touchedAt = clock()
  }

  touched(): void {
    this.touchedAt = this.clock()
    this.tell(null)
  }

  hidden(): void {
    this.hiddenAt ??= this.clock()
  }

  /** The app is seen again: it locks before anything of it is painted, if it was away too long. */
  shown(): void {
    this.tick()
    this.hiddenAt = null
  }

  tick(): void {
    const left = this.times.lockAfter - this.since(this.touchedAt)
    const isAway = this.hiddenAt !== null && this.since(this.hiddenAt) >= this.times.grace
    if (left <= 0 || isAway) {
      this.tell(null)
      this.events.lock()
    } else this.tell(left <= this.times.warnBefore ? Math.ceil(left / 1000) : null)
  }

  /** The longer of both: one clock stands while the tablet sleeps, the other can be set. */
  private since(then: ReturnType<Clock>): number {
    const now = this.clock()
    return Math.max(now.wall - then.wall, now.running - then.running)
  }

  private tell(seconds: number | null): void {
    if (seconds === this.told) return
    this.told = seconds
    this.events.warn(seconds)
  }
}
