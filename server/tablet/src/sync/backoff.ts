const FIRST_MS = 2_000
const LONGEST_MS = 5 * 60 * 1000

/** When each place may be asked again: the wait doubles up to five minutes, with jitter. */
export class Backoff {
  private readonly waits = new Map<string, { wait: number; until: number }>()

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {}

  /** Whether `place` may be asked now. */
  free(place: string): boolean {
    return this.now() >= (this.waits.get(place)?.until ?? 0)
  }

  /** The place failed; `seconds` is what it asked for itself, or null. */
  failed(place: string, seconds: number | null): void {
    const wait = Math.min((this.waits.get(place)?.wait ?? FIRST_MS / 2) * 2, LONGEST_MS)
    const jittered = wait * (0.5 + this.random() / 2)
    this.waits.set(place, { wait, until: this.now() + Math.max(jittered, (seconds ?? 0) * 1000) })
  }

  /** The place answers, but asks for a pause of `seconds`. */
  pause(place: string, seconds: number): void {
    if (seconds > 0) this.waits.set(place, { wait: FIRST_MS / 2, until: this.now() + seconds * 1000 })
  }

  /** The place answered as it should. */
  succeeded(place: string): void {
    this.waits.delete(place)
  }

  /** The network came back, or a person asked: nothing that was is held against a place. */
  forget(): void {
    this.waits.clear()
  }
}
