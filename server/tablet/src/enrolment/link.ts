import { fromB64u } from '../envelope/base64url'
import { TabletError, type EnrolmentLink } from '../services'
import { fromUtf8 } from '../store/bytes'
import { BodyError, isObject, languageMap } from '../store/feed_bodies'
import { policyBody } from '../store/policy'
import { baseUrl } from '../sync/places'
import { MARK } from './mark'

const ID = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/
const KEYS = ['central', 'interviewer', 'key', 'site', 'site_title', 'study', 'title', 'token', 'v']

/**
 * Reads the enrolment in the fragment of `address`; null when it holds none. Raises `enrolment.link.malformed`, also
 * when the link names another central than the one whose page this is.
 */
export function readLink(address: string): EnrolmentLink | null {
  const at = address.indexOf(MARK)
  if (at < 0) return null
  try {
    return checked(address, JSON.parse(fromUtf8(decode(address.slice(at + MARK.length)))))
  } catch {
    throw new TabletError('enrolment.link.malformed')
  }
}

function checked(address: string, value: unknown): EnrolmentLink {
  if (!isObject(value) || value['v'] !== 1) throw new BodyError('keys')
  const keys = Object.keys(value).filter((key) => key !== 'tablet')
  if (keys.sort().join() !== KEYS.join()) throw new BodyError('keys')
  const { study, central, site, interviewer, token, key } = value
  if (typeof central !== 'string' || baseUrl(central) === null) throw new BodyError('central')
  if (new URL(central).origin !== new URL(address).origin) throw new BodyError('central')
  if (typeof token !== 'string' || token.length === 0 || token.length > 512) throw new BodyError('token')
  if (typeof key !== 'string' || decode(key).length !== 32) throw new BodyError('key')
  return {
    study: id(study),
    central: baseUrl(central) ?? central,
    title: languageMap(value['title']),
    site: id(site),
    siteTitle: languageMap(value['site_title']),
    interviewer: id(interviewer),
    token,
    key,
    ...(value['tablet'] === undefined ? {} : { policy: policyBody(value['tablet']) }),
  }
}

function id(value: unknown): string {
  if (typeof value !== 'string' || !ID.test(value)) throw new BodyError('id')
  return value
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromB64u(text)
  if (bytes === null) throw new BodyError('base64url')
  return bytes
}
