/** Tells whoever listens that something changed, in this tab and in the others. */
export class Changes {
  private readonly listeners = new Set<() => void>()

  constructor(private readonly channel: BroadcastChannel | null) {
    if (channel !== null) channel.onmessage = () => this.call()
  }

  /** Calls `listener` after any change; the result ends it. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  tell(): void {
    this.call()
    this.channel?.postMessage('changed')
  }

  /** Tells this tab only: what happened concerns no other. */
  tellHere(): void {
    this.call()
  }

  private call(): void {
    for (const listener of this.listeners) listener()
  }
}
