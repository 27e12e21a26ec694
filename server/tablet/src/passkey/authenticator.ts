import { TabletError } from '../services'
import type { Bytes } from '../store/bytes'

/** What is kept of a passkey beside the keys that it helps to lock. Nothing of it is secret. */
export interface Passkey {
  /** The authenticator's name for it. */
  readonly credential: Bytes
  /** What the authenticator is asked, 32 random bytes. */
  readonly salt: Bytes
}

/** A passkey with the authenticator's answer. */
export interface AnsweredPasskey extends Passkey {
  /** 32 bytes that only this authenticator answers to `salt`. Never stored; wiped by whoever derives a key from it. */
  readonly secret: Bytes
}

/** `passkey.not_made`, because the platform makes passkeys that give no keys: trying again only leaves another one behind. */
export class Keyless extends TabletError {
  constructor() {
    super('passkey.not_made')
  }
}

/** The platform's own authenticator, which asks for a finger, a face or the screen lock (WebAuthn Level 3 with `prf`). */
export interface Authenticator {
  /** Whether the platform says that it has one, as far as it says anything. */
  isThere(): Promise<boolean>
  /** Makes a passkey, shown under `name`. Raises `passkey.not_made`, also as `Keyless`. */
  make(name: string): Promise<AnsweredPasskey>
  /** The answer of a passkey. Raises `passkey.refused`, also where the passkey is gone: platforms do not tell the two apart. */
  ask(passkey: Passkey): Promise<Bytes>
}

/**
 * Makes passkeys and keeps one that is not in use yet: what fails afterwards (a mistyped PIN, no network) makes no second
 * one at the next try.
 */
export class PasskeyMaker {
  private readonly made = new Map<string, AnsweredPasskey>()

  /** Whether the last one that the platform made gives no keys. */
  isKeyless = false

  constructor(private readonly authenticator: Authenticator) {}

  /** Raises `passkey.not_made`, also as `Keyless`. */
  async make(interviewer: string): Promise<AnsweredPasskey> {
    const made = this.made.get(interviewer) ?? (await this.authenticator.make(interviewer).catch((error: unknown) => this.failed(error)))
    this.made.set(interviewer, made)
    this.isKeyless = false
    return { ...made, secret: made.secret.slice() }
  }

  private failed(error: unknown): never {
    this.isKeyless ||= error instanceof Keyless
    throw error
  }

  /** The passkey is in use: its answer is forgotten. */
  used(interviewer: string): void {
    this.made.get(interviewer)?.secret.fill(0)
    this.made.delete(interviewer)
  }
}
