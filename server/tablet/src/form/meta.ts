/** The meta block of an instance: what OpenRosa says of it beside the answers. */

/** The elements of the meta block, in the namespace that the form gives them. Raises `SyntaxError` for what is no XML. */
function metaOf(document: Document): Element {
  if (document.getElementsByTagName('parsererror').length > 0) throw new SyntaxError('the instance is not XML')
  const meta = [...document.documentElement.children].find(({ localName }) => localName === 'meta')
  if (meta === undefined) throw new SyntaxError('the instance has no meta block')
  return meta
}

/** The instance with a text in its meta block, in the element that is there or in a new one. Raises `SyntaxError`. */
export function withMeta(xml: string, name: string, text: string): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const meta = metaOf(document)
  const found = [...meta.children].find(({ localName }) => localName === name)
  const prefix = meta.prefix === null ? '' : `${meta.prefix}:`
  const element = found ?? meta.appendChild(document.createElementNS(meta.namespaceURI, `${prefix}${name}`))
  element.textContent = text
  return new XMLSerializer().serializeToString(document)
}

/** The text of an element of the meta block, or null. Raises `SyntaxError`. */
export function metaText(xml: string, name: string): string | null {
  const meta = metaOf(new DOMParser().parseFromString(xml, 'text/xml'))
  return [...meta.children].find(({ localName }) => localName === name)?.textContent ?? null
}

/** The instance with a text at a reference without positions; null where nothing stands there. Raises `SyntaxError`. */
export function withText(xml: string, reference: string, text: string): string | null {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  if (document.getElementsByTagName('parsererror').length > 0) throw new SyntaxError('the instance is not XML')
  const [, , ...path] = reference.split('/')
  let place: Element | undefined = document.documentElement
  for (const name of path) place = [...(place?.children ?? [])].find(({ nodeName }) => nodeName === name)
  if (place === undefined) return null
  place.textContent = text
  return new XMLSerializer().serializeToString(document)
}
