import { TabletError } from '../services'

const ID = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/

/**
 * instanceID and deprecatedID of an instance, from its OpenRosa meta block. Raises `record.instance_id` unless the
 * instance has exactly one instanceID that a cover can carry.
 */
export function instanceIds(xml: string): { readonly instance: string; readonly replaces: string | null } {
  const instance = only(xml, 'instanceID')
  if (instance === null) throw new TabletError('record.instance_id')
  return { instance, replaces: only(xml, 'deprecatedID') }
}

/**
 * The text of the one element of this name inside `meta`, or null when it is absent or empty. In serialised XML
 * an answer holds no `<`, so none can pass for an element.
 */
function only(xml: string, name: string): string | null {
  const blocks = [...xml.matchAll(/<(?:[\w.-]+:)?meta(?:\s[^>]*)?>([\s\S]*?)<\/(?:[\w.-]+:)?meta\s*>/g)]
  const element = new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^>]*)?>([^<]*)</(?:[\\w.-]+:)?${name}\\s*>`, 'g')
  const texts = blocks.flatMap((block) => [...(block[1] ?? '').matchAll(element)].map((match) => (match[1] ?? '').trim()))
  const found = texts.filter((text) => text !== '')
  if (found.length === 0) return null
  const [text] = found
  if (found.length > 1 || text === undefined || !ID.test(text)) throw new TabletError('record.instance_id')
  return text
}
