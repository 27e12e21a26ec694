/** A list of cases as central seals it. */
import { b64u, canonical, keyId, type JsonObject } from '../../envelope'
import { u32 } from '../../envelope/encoding'
import { paddedSize } from '../../envelope/record'
import { suite } from '../../envelope/suite'
import { join, sha256Hex, utf8, type Bytes } from '../../store/bytes'
import { deviceChain } from '../../store/intake_key'
import type { TestCentral } from '../../sync/testing/central'
import type { Addressee, ListedCase } from '../sealed_list'

const NOTHING = { due: null, forms: [], note: null, properties: {} }

export function listed(id: string, about: Partial<ListedCase> = {}): ListedCase {
  return { id, label: `Haus ${id}`, ...NOTHING, ...about }
}

/** Seals the list, keeps it as a content and names it in the device's chain; gives its hash. */
export async function publishCases(central: TestCentral, interviewer: string, cases: readonly ListedCase[]): Promise<string> {
  const [chain, entries] = [...central.chains].find(([name]) => name.startsWith('device:')) ?? []
  const body = entries?.map((each) => each['body'] as JsonObject).find((each) => each['interviewer'] === interviewer && 'encryption_key' in each)
  if (chain === undefined || body === undefined) throw new Error('nobody of that name has enrolled')
  const device = body['device'] as string
  const key = bytesOf(body['encryption_key'] as string)
  const sealed = await sealCases(cases, { study: 'ruhr-2026', device, interviewer }, key)
  const hash = await sha256Hex(sealed)
  central.contents.set(hash, sealed)
  await central.append(deviceChain(device), 'cases', { device, interviewer, key: keyId(key), list: { hash, size: sealed.length } })
  return hash
}

export async function sealCases(cases: readonly ListedCase[], { study, device, interviewer }: Addressee, recipient: Bytes): Promise<Bytes> {
  const document = canonical({ v: 1, cases: cases as unknown as readonly JsonObject[] })
  const deflated = new Response(new Blob([document]).stream().pipeThrough(new CompressionStream('deflate')))
  const compressed = new Uint8Array(await deflated.arrayBuffer())
  const plaintext = new Uint8Array(paddedSize(compressed.length))
  plaintext.set(u32(compressed.length))
  plaintext.set(compressed, 4)
  const info = join([utf8('feldbuch/1/cases\0'), canonical({ study, device, interviewer })])
  const recipientPublicKey = await suite.kem.deserializePublicKey(recipient.slice().buffer)
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plaintext)
  return join([new Uint8Array(enc), new Uint8Array(ct)])
}

function bytesOf(text: string): Bytes {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
  if (b64u(bytes) !== text) throw new Error('not base64url')
  return bytes
}
