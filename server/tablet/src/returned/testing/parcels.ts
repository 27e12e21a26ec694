/** What central would send back, sealed for a tablet of a test. */
import { canonical, fromB64u, keyId, type JsonObject, type Kept } from '../../envelope'
import { u32 } from '../../envelope/encoding'
import { padme } from '../../envelope/record'
import { suite } from '../../envelope/suite'
import { hex, join, randomBytes, sha256Hex, utf8, type Bytes } from '../../store/bytes'
import { deviceChain } from '../../store/intake_key'
import type { TestTablet } from '../../sync/testing/tablet'

export interface Sent {
  readonly id: string
  readonly instance: string
  readonly hash: string
}

export interface Wish {
  readonly id?: string
  readonly instance?: string
  readonly kind?: 'has_issues' | 'unfinished'
  readonly comments?: readonly { readonly path: string | null; readonly text: string }[]
  readonly xml?: string
  readonly version?: string
  readonly card?: string
  readonly purpose?: 'real' | 'training'
  readonly at?: string
  /** Attachments in clear by name; those without bytes stay at central. */
  readonly files?: Readonly<Record<string, { readonly type: string; readonly bytes: Bytes; readonly stays?: boolean }>>
  readonly interviewer?: string
  /** Files of earlier versions; they stay at central. */
  readonly kept?: readonly Kept[]
}

/** Puts a record that goes back into the tablet's feed; it comes with the next round. */
export async function sendBack(test: TestTablet, wish: Wish = {}): Promise<Sent> {
  const enrolled = await test.database.get('enrolled')
  const device = enrolled?.device ?? ''
  const interviewer = wish.interviewer ?? 'int-07'
  const key = encryptionKey(test, device, interviewer)
  const id = wish.id ?? hex(randomBytes(16))
  const instance = wish.instance ?? `uuid:${crypto.randomUUID()}`
  const files = Object.entries(wish.files ?? {})
  const attachments = await Promise.all(
    files.map(async ([name, { type, bytes }], at) => ({
      content_type: type,
      name,
      part: `a${at + 1}`,
      sha256: await sha256Hex(bytes),
      size: bytes.length,
    })),
  )
  const record: JsonObject = {
    v: 1,
    instance_xml: wish.xml ?? `<data><name>Ана</name><meta><instanceID>${instance}</instanceID></meta></data>`,
    language: 'bg',
    attachments,
    ...(wish.kept === undefined ? {} : { kept: wish.kept.map(keptEntry) }),
    ...(wish.card === undefined ? {} : { card: wish.card }),
  }
  const along = files.filter(([, { stays }]) => stays !== true)
  const document: JsonObject = {
    v: 1,
    id,
    kind: wish.kind ?? 'has_issues',
    by: 'Мария',
    at: wish.at ?? '2026-11-23T04:00:00Z',
    comments: (wish.comments ?? [{ path: null, text: 'Welche Wohnung?' }]).map((each) => ({ ...each })),
    instance,
    form: { id: test.form.id, version: wish.version ?? test.form.version },
    purpose: wish.purpose ?? 'real',
    record,
    files: along.map(([name]) => name),
  }
  const plaintext = await packed(document, along.map(([, { bytes }]) => bytes))
  const addressee = { study: enrolled?.study ?? '', device, interviewer, id }
  const recipientPublicKey = await suite.kem.deserializePublicKey(key.slice().buffer)
  const info = join([utf8('feldbuch/1/parcel\0'), canonical(addressee)])
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plaintext)
  const sealed = join([new Uint8Array(enc), new Uint8Array(ct)])
  const hash = await sha256Hex(sealed)
  test.central.contents.set(hash, sealed)
  await test.central.append(deviceChain(device), 'return', { id, key: keyId(key), parcel: { hash, size: sealed.length } })
  return { id, instance, hash }
}

function keptEntry({ contentType, ...rest }: Kept): JsonObject {
  return { ...rest, content_type: contentType }
}

function encryptionKey(test: TestTablet, device: string, interviewer: string): Bytes {
  const entries = test.central.chains.get(deviceChain(device)) ?? []
  const named = entries.map((entry) => entry['body'] as JsonObject).find((body) => body['interviewer'] === interviewer)
  return fromB64u(named?.['encryption_key'] as string) ?? new Uint8Array()
}

async function packed(document: JsonObject, files: readonly Bytes[]): Promise<Bytes> {
  const stream = new Blob([canonical(document)]).stream().pipeThrough(new CompressionStream('deflate'))
  const compressed = new Uint8Array(await new Response(stream).arrayBuffer())
  const start = join([u32(compressed.length), compressed, ...files])
  const plaintext = new Uint8Array(Math.max(8192, padme(start.length)))
  plaintext.set(start)
  return plaintext
}

