import { randomBytes, utf8, type Bytes } from './bytes'

/** AES-256-GCM: a random nonce and what it sealed. */
export interface Sealed {
  readonly nonce: Bytes
  readonly bytes: Bytes
}

/**
 * Seals for the tablet itself. `place` names where the value belongs (draft and slot) and is authenticated,
 * so that no value passes for another.
 */
export async function sealFor(key: CryptoKey, place: string, plain: BufferSource): Promise<Sealed> {
  const nonce = randomBytes(12)
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: utf8(place) }
  return { nonce, bytes: new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain)) }
}

/** Opens what `sealFor` sealed. Raises `OperationError` when key, place or bytes are others. */
export async function openFor(key: CryptoKey, place: string, sealed: Sealed): Promise<Bytes> {
  const algorithm = { name: 'AES-GCM', iv: sealed.nonce, additionalData: utf8(place) }
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.bytes))
}
