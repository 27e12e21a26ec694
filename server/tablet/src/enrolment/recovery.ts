import { b64u, fromB64u, sealSecret, signDocument, type JsonObject, type Signer } from '../envelope'
import { TabletError, type EnrolmentLink } from '../services'
import { sha256Hex, type Bytes } from '../store/bytes'
import type { Own } from './certified'

/** Seals what the codes for a forgotten PIN follow from, so that only the study's vault opens it. Raises `enrolment.answer`. */
export async function signRecovery(
  link: EnrolmentLink,
  signer: Signer,
  own: Own,
  recoveryKey: string,
  secret: Bytes,
): Promise<JsonObject> {
  const [recipient, encryptionKey] = [fromB64u(recoveryKey), fromB64u(own.encryptionKey)]
  if (recipient === null || encryptionKey === null) throw new TabletError('enrolment.answer')
  const document = {
    v: 1,
    study: link.study,
    id: own.device,
    key: own.key,
    interviewer: link.interviewer,
    encryption_key_hash: await sha256Hex(encryptionKey),
    sealed: b64u(await sealSecret(recipient, `recovery/${own.device}/${link.interviewer}`, secret)),
  }
  return signDocument('feldbuch/1/recovery', document, signer.privateKey)
}
