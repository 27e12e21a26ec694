/** The parcel: a record with comments, or an unfinished interview, sealed for one interviewer on one device (FORMAT.md). */
import { canonical, fromU32, parseCanonical } from '../envelope/encoding'
import { EnvelopeError } from '../envelope/errors'
import { Fields, HASH, ID } from '../envelope/fields'
import { ENC_SIZE } from '../envelope/keys'
import { inflate, MIN_PLAINTEXT_SIZE, padme, readRecord, type Attachment, type RecordDocument } from '../envelope/record'
import { join, sha256Hex, utf8, type Bytes } from '../store/bytes'

const MAX_FILES_SIZE = 8 * 1024 * 1024
const MAX_PLAINTEXT_SIZE = 26 * 1024 * 1024
const MOST_COMMENTS = 200
const PARCEL_ID = /^[0-9a-f]{32}$/
// eslint-disable-next-line no-control-regex
const PATH = /^(?=.{1,500}$)(?:\/[^/\x00-\x1f]+)+$/u
const TEXT = /^(?=[\s\S]*[^ \t\r\n])[\s\S]{1,2000}$/u
const BY = /^[\s\S]{1,100}$/u
const KEYS = ['at', 'by', 'comments', 'files', 'form', 'id', 'instance', 'kind', 'purpose', 'record', 'v']

const SEALED = 'envelope.parcel.sealed'
const MALFORMED = 'envelope.parcel.malformed'
const LABEL = 'feldbuch/1/parcel\0'

/** Whom a parcel is for. */
export interface Addressee {
  readonly study: string
  readonly device: string
  readonly interviewer: string
}

/** What is said of a question, by its path in the instance, or of the whole. */
export interface Comment {
  readonly path: string | null
  readonly text: string
}

/** What a parcel holds. `files` are the bytes of attachments by name; all others stay at central. */
export interface Parcel {
  readonly id: string
  /** To be corrected, which makes a new version; or gone on with under the same instanceID. */
  readonly kind: 'has_issues' | 'unfinished'
  readonly by: string
  readonly at: string
  readonly comments: readonly Comment[]
  readonly instance: string
  readonly form: { readonly id: string; readonly version: string }
  readonly purpose: 'real' | 'training'
  readonly record: RecordDocument
  readonly files: ReadonlyMap<string, Bytes>
}

/** Opens a parcel by the private key (32 bytes). Raises `envelope.parcel.sealed`, `envelope.parcel.malformed`. */
export async function openParcel(sealed: Bytes, id: string, addressee: Addressee, seed: Bytes): Promise<Parcel> {
  const { suite } = await import('../envelope/suite')
  const { study, device, interviewer } = addressee
  const info = join([utf8(LABEL), canonical({ study, device, interviewer, id })])
  let plaintext: Bytes
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(seed.slice().buffer)
    const enc = sealed.slice(0, ENC_SIZE)
    plaintext = new Uint8Array(await suite.open({ recipientKey, enc, info }, sealed.slice(ENC_SIZE)))
  } catch (cause) {
    throw new EnvelopeError(SEALED, {}, { cause })
  }
  const parcel = await unpackParcel(plaintext)
  if (parcel.id !== id) throw new EnvelopeError(MALFORMED, { field: 'id' })
  return parcel
}

/** What the plaintext of a parcel holds. Raises `envelope.parcel.malformed`. */
export async function unpackParcel(plaintext: Bytes): Promise<Parcel> {
  if (plaintext.length < MIN_PLAINTEXT_SIZE || plaintext.length > MAX_PLAINTEXT_SIZE) throw new EnvelopeError(MALFORMED)
  const at = 4 + fromU32(plaintext)
  if (at > plaintext.length) throw new EnvelopeError(MALFORMED)
  const document = parseCanonical(await inflate(plaintext.subarray(4, at), MALFORMED), MALFORMED)
  const fields = new Fields(document, KEYS, MALFORMED)
  fields.version()
  const record = readRecord(fields.mapping('record'), MALFORMED, 'record.')
  const named = namedIn(fields, record)
  const size = named.reduce((sum, each) => sum + each.size, 0)
  if (size > MAX_FILES_SIZE) throw fields.wrong('files')
  const end = at + size
  if (end > plaintext.length || Math.max(MIN_PLAINTEXT_SIZE, padme(end)) !== plaintext.length) throw new EnvelopeError(MALFORMED)
  if (plaintext.subarray(end).some((value) => value !== 0)) throw new EnvelopeError(MALFORMED)
  const files = await filesIn(plaintext.subarray(at, end), named, fields)
  const form = fields.inner('form', ['id', 'version'])
  const kind = fields.choice('kind', ['has_issues', 'unfinished'])
  const comments = fields.innerList('comments', ['path', 'text'], kind === 'has_issues' ? 1 : 0, MOST_COMMENTS)
  return {
    id: fields.text('id', PARCEL_ID),
    kind,
    by: fields.text('by', BY),
    at: fields.time('at'),
    comments: comments.map((inner) => ({ path: inner.textOrNull('path', PATH), text: inner.text('text', TEXT) })),
    instance: fields.text('instance', ID),
    form: { id: form.text('id', ID), version: form.text('version', HASH) },
    purpose: fields.choice('purpose', ['real', 'training']),
    record,
    files,
  }
}

function namedIn(fields: Fields, record: RecordDocument): readonly Attachment[] {
  const known = new Map([...record.attachments, ...(record.kept ?? [])].map((each) => [each.name, each]))
  const names = fields.texts('files', known.size)
  if (new Set(names).size !== names.length) throw fields.wrong('files')
  return names.map((name) => {
    const found = known.get(name)
    if (found === undefined) throw fields.wrong('files')
    return found
  })
}

async function filesIn(bytes: Bytes, named: readonly Attachment[], fields: Fields): Promise<ReadonlyMap<string, Bytes>> {
  const files = new Map<string, Bytes>()
  let at = 0
  for (const { name, size, sha256 } of named) {
    const file = bytes.slice(at, at + size)
    if ((await sha256Hex(file)) !== sha256) throw fields.wrong('files')
    files.set(name, file)
    at += size
  }
  return files
}
