import type { LanguageMap, Policy, Site } from '../services'
import { policyBody } from './policy'

/** A content named by a form entry. */
export interface ContentReference {
  readonly hash: string
  readonly size: number
}

/** A file that a form uses, under the name by which its XForm asks for it. */
export interface FileReference extends ContentReference {
  readonly name: string
}

export interface FormBody {
  readonly id: string
  readonly version: string
  readonly title: LanguageMap
  readonly languages: readonly string[]
  readonly definition: ContentReference
  readonly xform: ContentReference
  readonly files: readonly FileReference[]
  /** Where the form may be begun; null for all sites. */
  readonly sites: readonly string[] | null
}

export interface NodeBody {
  readonly id: string
  readonly url: string
  readonly sites: readonly string[]
}

export interface CertificateBody {
  readonly device: string
  readonly key: string
  readonly encryptionKey: string
  readonly site: string
  readonly interviewer: string
  /** The study's public key; missing where nothing can be deposited for a forgotten PIN. */
  readonly recoveryKey: string | null
}

/** A further interviewer of a device, who has an encryption key of their own. */
export interface InterviewerBody {
  readonly device: string
  readonly interviewer: string
  readonly encryptionKey: string
  readonly recoveryKey: string | null
}

export interface IntakeKeyBody {
  readonly device: string
  readonly key: string
  readonly public: string
}

/** Something that was sent back, sealed for the interviewer whose encryption key has the id `key`. */
export interface ReturnBody {
  readonly id: string
  readonly key: string
  readonly parcel: ContentReference
}

export interface StudyBody {
  readonly title: LanguageMap
  readonly sites: readonly Site[]
  readonly policy: Policy
}

/** A body is not as the protocol says, although central signed it. */
export class BodyError extends Error {}

type Body = Readonly<Record<string, unknown>>

export function formBody(body: Body): FormBody {
  return {
    id: text(body, 'id'),
    version: text(body, 'version'),
    title: languageMap(body['title']),
    languages: list(body, 'languages').map(asText),
    definition: reference(body['definition']),
    xform: reference(body['xform']),
    files: body['files'] === undefined ? [] : list(body, 'files').map(file),
    sites: body['sites'] === undefined ? null : list(body, 'sites').map(asText),
  }
}

/** Whether a form may be begun at a site. A tablet that has none yet is refused nothing. */
export function isForSite(form: Pick<FormBody, 'sites'>, site: string | undefined): boolean {
  return form.sites === null || site === undefined || form.sites.includes(site)
}

/** All that a version consists of. */
export function contentsOf(form: FormBody): readonly ContentReference[] {
  return [form.definition, form.xform, ...form.files]
}

export function nodeBody(body: Body): NodeBody {
  return { id: text(body, 'id'), url: text(body, 'url'), sites: list(body, 'sites').map(asText) }
}

export function certificateBody(body: Body): CertificateBody {
  return {
    device: text(body, 'device'),
    key: text(body, 'key'),
    encryptionKey: text(body, 'encryption_key'),
    site: text(body, 'site'),
    interviewer: text(body, 'interviewer'),
    recoveryKey: body['recovery_key'] === undefined ? null : text(body, 'recovery_key'),
  }
}

export function interviewerBody(body: Body): InterviewerBody {
  return {
    device: text(body, 'device'),
    interviewer: text(body, 'interviewer'),
    encryptionKey: text(body, 'encryption_key'),
    recoveryKey: body['recovery_key'] === undefined ? null : text(body, 'recovery_key'),
  }
}

export function intakeKeyBody(body: Body): IntakeKeyBody {
  return { device: text(body, 'device'), key: text(body, 'key'), public: text(body, 'public') }
}

export function returnBody(body: Body): ReturnBody {
  return { id: text(body, 'id'), key: text(body, 'key'), parcel: reference(body['parcel']) }
}

export function studyBody(body: Body): StudyBody {
  return { title: languageMap(body['title']), sites: list(body, 'sites').map(site), policy: policyBody(body['tablet']) }
}

/** A text by language, with nothing else in it. Raises `BodyError`. */
export function languageMap(value: unknown): LanguageMap {
  if (!isObject(value) || !Object.values(value).every((each) => typeof each === 'string')) throw new BodyError('title')
  return value as LanguageMap
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function site(value: unknown): Site {
  if (!isObject(value)) throw new BodyError('site')
  const kind = text(value, 'kind')
  if (kind !== 'arrival' && kind !== 'origin') throw new BodyError('kind')
  return { id: text(value, 'id'), kind, title: languageMap(value['title']) }
}

export function reference(value: unknown): ContentReference {
  if (!isObject(value)) throw new BodyError('content')
  const { hash, size } = value
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new BodyError('hash')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new BodyError('size')
  return { hash, size }
}

function file(value: unknown): FileReference {
  const content = reference(value)
  return { name: text(value as Body, 'name'), ...content }
}

function text(body: Body, key: string): string {
  return asText(body[key])
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new BodyError('text')
  return value
}

function list(body: Body, key: string): readonly unknown[] {
  const value = body[key]
  if (!Array.isArray(value)) throw new BodyError(key)
  return value
}
