/**
 * An instance as a later version of another: what OpenRosa writes into its meta block. In serialised XML an answer
 * holds no `<`, so none can pass for an element.
 */
import { TabletError } from '../services'

const META = /<(?:[\w.-]+:)?meta(?:\s[^>]*)?>[\s\S]*?<\/(?:[\w.-]+:)?meta\s*>/gu
const ID = element('instanceID')
const DEPRECATED = element('deprecatedID')
const NAME = element('instanceName')

/** The instance under an instanceID of its own, as the one that replaces the former. Raises `record.instance_id`. */
export function asNewVersion(xml: string, instance: string): string {
  const former = textOf(metaOf(xml), ID)
  if (former === null) throw new TabletError('record.instance_id')
  const rename = (_: string, prefix: string, attributes: string): string => written(prefix, 'instanceID', instance, attributes)
  return replacing(inMeta(xml, (meta) => meta.replace(ID, rename)), former)
}

/** The instance with the one that it replaces in its meta block, whatever stood there. Raises `record.instance_id`. */
export function replacing(xml: string, former: string): string {
  if (textOf(metaOf(xml), ID) === null) throw new TabletError('record.instance_id')
  const add = (own: string, prefix: string): string => own + written(prefix, 'deprecatedID', former)
  return inMeta(xml, (meta) => meta.replace(DEPRECATED, '').replace(ID, add))
}

/** What the form calls the instance, or null. */
export function instanceName(xml: string): string | null {
  const text = textOf(metaOf(xml), NAME)
  return text === null ? null : unescaped(text)
}

/** Whether a file of this name stands in the instance. */
export function names(xml: string, file: string): boolean {
  return xml.includes(`>${escaped(file)}<`)
}

/** The block that holds the instanceID, or nothing: a group of the form may be called so too. */
function metaOf(xml: string): string {
  return [...xml.matchAll(META)].map(([block]) => block).find((block) => ID.test(block)) ?? ''
}

function inMeta(xml: string, change: (meta: string) => string): string {
  const meta = metaOf(xml)
  return xml.replace(meta, () => change(meta))
}

function element(name: string): RegExp {
  return new RegExp(`<((?:[\\w.-]+:)?)${name}((?:\\s[^>]*)?)>([^<]*)</(?:[\\w.-]+:)?${name}\\s*>`, 'u')
}

function textOf(xml: string, pattern: RegExp): string | null {
  const text = pattern.exec(xml)?.[3]?.trim() ?? ''
  return text === '' ? null : text
}

function written(prefix: string, name: string, text: string, attributes = ''): string {
  return `<${prefix}${name}${attributes}>${text}</${prefix}${name}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
  return text.replace(/&(lt|gt|quot|apos|amp);/gu, (_, name: string) => letters[name] ?? '')
}
