/** WebAuthn as far as it gives keys: no server looks at an assertion, the answer of the extension `prf` is what counts. */
import { TabletError } from '../services'
import { randomBytes, type Bytes } from '../store/bytes'
import { Keyless, type AnsweredPasskey, type Authenticator, type Passkey } from './authenticator'

/** What is used of the page. */
export interface PasskeyPage {
  readonly credentials: Pick<CredentialsContainer, 'create' | 'get'> | undefined
  readonly kind: Pick<typeof PublicKeyCredential, 'isUserVerifyingPlatformAuthenticatorAvailable'> & Partial<typeof PublicKeyCredential> | undefined
  readonly hostname: string
}

/** As long as somebody may take to put a finger on it. */
const PATIENCE_MS = 120_000
const SECRET_BYTES = 32
/** ES256 and RS256, as COSE names them: between them every platform. What they sign is not looked at. */
const ALGORITHMS = [-7, -257]

/** The authenticator of this platform, for the host of the page: passkeys belong to it alone. */
export class PlatformAuthenticator implements Authenticator {
  constructor(private readonly page: PasskeyPage) {}

  async isThere(): Promise<boolean> {
    const { credentials, kind, hostname } = this.page
    // An address in figures is no domain, and passkeys belong to domains.
    if (credentials === undefined || kind === undefined || /^[\d.]+$|:/.test(hostname)) return false
    try {
      if (!(await kind.isUserVerifyingPlatformAuthenticatorAvailable())) return false
      const able = await kind.getClientCapabilities?.()
      return able?.['extension:prf'] !== false
    } catch {
      return false
    }
  }

  async make(name: string): Promise<AnsweredPasskey> {
    const salt = randomBytes(SECRET_BYTES)
    const made = await this.page.credentials
      ?.create({
        publicKey: {
          rp: { id: this.page.hostname, name: 'Feldbuch' },
          // Another id each time: a passkey never takes the place of one that still locks something.
          user: { id: randomBytes(SECRET_BYTES), name, displayName: name },
          challenge: randomBytes(SECRET_BYTES),
          pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
          authenticatorSelection: {
            authenticatorAttachment: 'platform',
            residentKey: 'required',
            requireResidentKey: true,
            userVerification: 'required',
          },
          attestation: 'none',
          timeout: PATIENCE_MS,
          extensions: { prf: { eval: { first: salt } } },
        },
      })
      .catch(() => null)
    const credential = made as PublicKeyCredential | null | undefined
    if (credential === null || credential === undefined) throw new TabletError('passkey.not_made')
    const passkey = { credential: new Uint8Array(credential.rawId), salt }
    const secret = answer(credential)
    if (secret !== null) return { ...passkey, secret }
    if (credential.getClientExtensionResults().prf?.enabled !== true) throw new Keyless()
    // Some answer only once the passkey is there.
    const given = await this.find(passkey)
    if (given === null) throw new TabletError('passkey.not_made')
    const asked = answer(given)
    if (asked === null) throw new Keyless()
    return { ...passkey, secret: asked }
  }

  async ask(passkey: Passkey): Promise<Bytes> {
    const given = await this.find(passkey)
    const secret = given === null ? null : answer(given)
    if (secret === null) throw new TabletError('passkey.refused')
    return secret
  }

  /** Null where the person or the platform refused. */
  private async find({ credential, salt }: Passkey): Promise<PublicKeyCredential | null> {
    const given = await this.page.credentials
      ?.get({
        publicKey: {
          rpId: this.page.hostname,
          challenge: randomBytes(SECRET_BYTES),
          allowCredentials: [{ type: 'public-key', id: credential, transports: ['internal'] }],
          userVerification: 'required',
          timeout: PATIENCE_MS,
          extensions: { prf: { eval: { first: salt } } },
        },
      })
      .catch(() => null)
    return (given ?? null) as PublicKeyCredential | null
  }
}

function answer(credential: PublicKeyCredential): Bytes | null {
  const first = credential.getClientExtensionResults().prf?.results?.first
  if (first === undefined) return null
  const bytes = ArrayBuffer.isView(first) ? new Uint8Array(first.buffer.slice(first.byteOffset, first.byteOffset + first.byteLength)) : new Uint8Array(first)
  return bytes.length === SECRET_BYTES ? bytes : null
}
