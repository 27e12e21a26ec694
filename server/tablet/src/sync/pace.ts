import type { DeliveryProgress, HeldBack, Thrift } from '../services'

/** How a delivery goes with the line and with what happens meanwhile. */
export interface Pace {
  /** Why media wait at the moment, or null. */
  readonly thrift: () => Thrift | null
  /** Whether an interview was finished since this was last asked: its answers go before the media that are left. */
  readonly fresh: () => boolean
  readonly progress: (progress: DeliveryProgress) => void
  readonly heldBack: (held: HeldBack) => void
  /**
   * How often a place broke down over an item, by the item's id, since the app was started. An item that did so twice
   * goes alone and last.
   */
  readonly stumbles: Map<string, number>
}

/** From here on an item goes alone and last. */
export const STUMBLES = 2

/** Adds up what has arrived. */
export class Progress {
  private parts = 0
  private bytes = 0
  private ofParts = 0
  private ofBytes = 0

  constructor(private readonly told: (progress: DeliveryProgress) => void) {}

  expect(parts: number, bytes: number): void {
    this.ofParts += parts
    this.ofBytes += bytes
    this.tell(0)
  }

  /** A part is through with, delivered or not. */
  through(bytes: number): void {
    this.parts += 1
    this.bytes += bytes
    this.tell(0)
  }

  /** So many bytes of the part under way have arrived. */
  tell(underWay: number): void {
    const { parts, ofParts, bytes, ofBytes } = this
    this.told({ parts, ofParts, bytes: bytes + underWay, ofBytes })
  }
}
