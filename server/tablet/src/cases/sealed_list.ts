/** The case list: the cases of one interviewer on one device, sealed for them (FORMAT.md). */
import { canonical, fromU32, parseCanonical } from '../envelope/encoding'
import { EnvelopeError } from '../envelope/errors'
import { CASE, Fields, ID } from '../envelope/fields'
import { ENC_SIZE } from '../envelope/keys'
import { inflate, MIN_PLAINTEXT_SIZE, paddedSize } from '../envelope/record'
import { join, utf8, type Bytes } from '../store/bytes'

export const MOST_CASES = 5000
const MAX_DOCUMENT_SIZE = 4 * 1024 * 1024
const MOST_FORMS = 20
const MOST_PROPERTIES = 50
/* eslint-disable no-control-regex */
const LABEL = /^[^\x00-\x1f\x7f]{1,80}$/u
const NOTE = /^[^\x00-\x09\x0b-\x1f\x7f]{1,500}$/u
const VALUE = /^[^\x00-\x1f\x7f]{0,500}$/u
/* eslint-enable no-control-regex */
const PROPERTY = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/
const DAY = /^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$/

const SEALED = 'envelope.cases.sealed'
const MALFORMED = 'envelope.cases.malformed'
const LABEL_OF_INFO = 'feldbuch/1/cases\0'

/** A case as its interviewer sees it. */
export interface ListedCase {
  readonly id: string
  readonly label: string
  /** `YYYY-MM-DD`, or null where it is not urgent. */
  readonly due: string | null
  /** Ids of the forms that are due. */
  readonly forms: readonly string[]
  readonly note: string | null
  readonly properties: Readonly<Record<string, string>>
}

/** Whom a list is for. */
export interface Addressee {
  readonly study: string
  readonly device: string
  readonly interviewer: string
}

/** Opens a list by the private key (32 bytes). Raises `envelope.cases.sealed`, `envelope.cases.malformed`. */
export async function openCases(sealed: Bytes, addressee: Addressee, seed: Bytes): Promise<readonly ListedCase[]> {
  return unpackCases(await open(sealed, addressee, seed))
}

/** The cases of a list's plaintext. Raises `envelope.cases.malformed`. */
export async function unpackCases(plaintext: Bytes): Promise<readonly ListedCase[]> {
  if (plaintext.length < MIN_PLAINTEXT_SIZE) throw new EnvelopeError(MALFORMED)
  const end = 4 + fromU32(plaintext)
  if (end > plaintext.length || paddedSize(end - 4) !== plaintext.length) throw new EnvelopeError(MALFORMED)
  if (plaintext.subarray(end).some((value) => value !== 0)) throw new EnvelopeError(MALFORMED)
  const document = await inflate(plaintext.subarray(4, end), MALFORMED)
  if (document.length > MAX_DOCUMENT_SIZE) throw new EnvelopeError(MALFORMED)
  const fields = new Fields(parseCanonical(document, MALFORMED), ['cases', 'v'], MALFORMED)
  fields.version()
  const found = fields
    .innerList('cases', ['due', 'forms', 'id', 'label', 'note', 'properties'], 0, MOST_CASES)
    .map((inner) => listed(inner))
  if (new Set(found.map(({ id }) => id)).size !== found.length) throw fields.wrong('cases')
  return found
}

async function open(sealed: Bytes, { study, device, interviewer }: Addressee, seed: Bytes): Promise<Bytes> {
  const { suite } = await import('../envelope/suite')
  const info = join([utf8(LABEL_OF_INFO), canonical({ study, device, interviewer })])
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(seed.slice().buffer)
    const enc = sealed.slice(0, ENC_SIZE)
    return new Uint8Array(await suite.open({ recipientKey, enc, info }, sealed.slice(ENC_SIZE)))
  } catch (cause) {
    throw new EnvelopeError(SEALED, {}, { cause })
  }
}

function listed(fields: Fields): ListedCase {
  const due = fields.textOrNull('due', DAY)
  if (due !== null && !isDay(due)) throw fields.wrong('due')
  const forms = fields.texts('forms', MOST_FORMS)
  if (new Set(forms).size !== forms.length || !forms.every((each) => ID.test(each))) throw fields.wrong('forms')
  const properties = Object.entries(fields.mapping('properties'))
  const fit = properties.every(([name, value]) => PROPERTY.test(name) && typeof value === 'string' && VALUE.test(value))
  if (properties.length > MOST_PROPERTIES || !fit) throw fields.wrong('properties')
  return {
    id: fields.text('id', CASE),
    label: fields.text('label', LABEL),
    due,
    forms,
    note: fields.textOrNull('note', NOTE),
    properties: Object.fromEntries(properties) as Readonly<Record<string, string>>,
  }
}

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
