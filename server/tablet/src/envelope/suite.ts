/** The HPKE suite of the stanzas (RFC 9180, X-Wing). Loaded when something is sealed or a tablet enrols: home needs none of it. */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core'
import { XWing } from '@hpke/hybridkem-x-wing'

export const kem = new XWing()
export const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() })
