/** Secrets for the study's vault, apart from envelopes: sealed to the study's key, under a name. */
import { join, utf8, type Bytes } from '../store/bytes'

const LABEL = 'feldbuch/1/vault/secret\0'

/** Seals a secret to the study's public key (1216 bytes); it opens under this name alone. */
export async function sealSecret(recipient: Bytes, name: string, secret: Bytes): Promise<Bytes> {
  const { suite } = await import('./suite')
  const recipientPublicKey = await suite.kem.deserializePublicKey(recipient.slice().buffer)
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: utf8(LABEL + name) }, secret)
  return join([new Uint8Array(enc), new Uint8Array(ct)])
}
