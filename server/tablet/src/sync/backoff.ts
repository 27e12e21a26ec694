const FIRST_MS = 2_000
const LONGEST_MS = 5 * 60 * 1000

interface Wait {
  /** The last wait of our own, in milliseconds, without jitter. */
  readonly wait: number
  readonly until: number
  /** Until when the place itself asked to be left alone. */
  readonly asked: number
}

/** When each place may be asked again: the wait doubles up to five minutes, with jitter; what a place asks for is obeyed. */
export class Backoff {
  private readonly waits = new Map<string, Wait>()

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = () => Math.random(),
  ) {}

  /** Whether `place` may be asked now. */
  free(place: string): boolean {
    const wait = this.waits.get(place)
    return wait === undefined || this.now() >= Math.max(wait.until, wait.asked)
  }

  /** The place failed; `seconds` is what it asked for itself, or null. */
  failed(place: string, seconds: number | null): void {
    const wait = Math.min((this.waits.get(place)?.wait ?? FIRST_MS / 2) * 2, LONGEST_MS)
    const now = this.now()
    this.waits.set(place, { wait, until: now + wait * (0.5 + this.random() / 2), asked: now + (seconds ?? 0) * 1000 })
  }

  /** The place answered as it should; it may still have asked for a pause of `seconds`. */
  succeeded(place: string, seconds: number): void {
    if (seconds > 0) this.waits.set(place, { wait: FIRST_MS / 2, until: 0, asked: this.now() + seconds * 1000 })
    else this.waits.delete(place)
  }

  /** The network came back, or a person asked: earlier failures are held against no place. */
  forget(): void {
    for (const [place, wait] of this.waits) this.waits.set(place, { ...wait, wait: FIRST_MS / 2, until: 0 })
  }
}
