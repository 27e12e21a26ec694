import type { DraftContent } from '../services'

/** The most that a tablet which drowns takes along of the answers. */
const EVERY_MS = 5 * 60_000

/** Whether an item is a copy of a draft, and no part of an instance. */
export function isCheckpoint({ part }: { readonly part: string }): boolean {
  return part.startsWith('c')
}

/**
 * Copies of drafts, sealed to the intake key and queued like records, so that a tablet that drowns costs minutes: some
 * time after the first answer that no copy holds yet, and when the tablet is locked.
 */
export class Checkpoints {
  /** What no copy holds yet, by draft, and what ends the wait. */
  private readonly waiting = new Map<string, { content: DraftContent; revision: number; readonly timer: ReturnType<typeof setTimeout> }>()

  constructor(
    /** Seals and queues a copy of what the draft said at a revision. */
    private readonly make: (draft: string, content: DraftContent, revision: number) => Promise<void>,
    private readonly every = EVERY_MS,
  ) {}

  /** A draft was kept. It is copied within the time, unless nobody has consented yet. */
  saved(draft: string, content: DraftContent, revision: number): void {
    if (content.mayLeave !== true) {
      this.forget(draft)
      return
    }
    const waits = this.waiting.get(draft)
    if (waits !== undefined) Object.assign(waits, { content, revision })
    else this.waiting.set(draft, { content, revision, timer: setTimeout(() => void this.copy(draft), this.every) })
  }

  /** A draft was finished or thrown away: there is nothing to copy. */
  forget(draft: string): void {
    clearTimeout(this.waiting.get(draft)?.timer)
    this.waiting.delete(draft)
  }

  /** Copies at once what waits. What stands in clear in memory for it is gone afterwards. */
  async flush(): Promise<void> {
    await Promise.all([...this.waiting.keys()].map((draft) => this.copy(draft)))
  }

  /** One that fails, because the disk is full or there is no key, costs nothing: the draft is kept, the next save tries again. */
  private async copy(draft: string): Promise<void> {
    const waits = this.waiting.get(draft)
    this.forget(draft)
    if (waits === undefined) return
    try {
      await this.make(draft, waits.content, waits.revision)
    } catch {
      // Told where it matters: at saving, and at finishing.
    }
  }
}
