/** An authenticator in memory: answers as the extension `prf` does, and can lose its passkeys or refuse. */
import { TabletError } from '../../services'
import { hex, randomBytes, type Bytes } from '../../store/bytes'
import { Keyless, type AnsweredPasskey, type Authenticator, type Passkey } from '../authenticator'

export class TestAuthenticator implements Authenticator {
  private readonly keys = new Map<string, CryptoKey>()
  /** What it was asked, in order. */
  readonly log: string[] = []
  /** Whatever it answered, as it was when it was answered. */
  readonly answered: Bytes[] = []
  refuses = false
  /** Makes passkeys, and they give no keys. */
  isKeyless = false

  get passkeys(): number {
    return this.keys.size
  }

  clear(): void {
    this.keys.clear()
  }

  isThere(): Promise<boolean> {
    return Promise.resolve(true)
  }

  async make(name: string): Promise<AnsweredPasskey> {
    this.log.push(`make ${name}`)
    if (this.refuses) throw new TabletError('passkey.not_made')
    if (this.isKeyless) throw new Keyless()
    const [credential, salt] = [randomBytes(16), randomBytes(32)]
    const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    this.keys.set(hex(credential), key)
    return { credential, salt, secret: await this.answer({ credential, salt }) }
  }

  ask(passkey: Passkey): Promise<Bytes> {
    this.log.push('ask')
    return this.answer(passkey)
  }

  private async answer({ credential, salt }: Passkey): Promise<Bytes> {
    const key = this.keys.get(hex(credential))
    if (key === undefined || this.refuses) throw new TabletError('passkey.refused')
    const secret = new Uint8Array(await crypto.subtle.sign('HMAC', key, salt))
    this.answered.push(secret.slice())
    return secret
  }
}
