/**
 * A picture whose parts can be chosen. The file comes with the form and is not trusted: it is read, and drawn anew out of
 * shapes and a short list of harmless attributes. Scripts, handlers, links, styles and what lies elsewhere stay out.
 */

const SVG = 'http://www.w3.org/2000/svg'
/** Read under this name, its elements are no pictures yet: nothing in them is applied, run or fetched. */
const INERT = 'urn:unread'
/** Larger files are no maps to touch. In characters. */
const LONGEST = 4_000_000
const MOST_ELEMENTS = 20_000

const ELEMENTS: ReadonlySet<string> = new Set(
  'svg g path rect circle ellipse line polyline polygon text tspan title desc defs clipPath linearGradient radialGradient stop'.split(' '),
)
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'id d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height points viewBox preserveAspectRatio transform offset ' +
    'gradientUnits gradientTransform clipPathUnits fill fill-opacity fill-rule clip-path clip-rule stroke stroke-width stroke-opacity ' +
    'stroke-linecap stroke-linejoin stroke-dasharray stroke-miterlimit opacity font-size font-family font-weight ' +
    'font-style text-anchor dominant-baseline letter-spacing display visibility stop-color stop-opacity'
  ).split(' '),
)
/** Values that fetch or run something; a reference within the picture itself may stand. */
const DANGEROUS = /url\s*\(\s*(?!['"]?#)|javascript:|expression|@import|\\/iu

function isHarmless(name: string, value: string): boolean {
  return ATTRIBUTES.has(name) && !DANGEROUS.test(value)
}

/** `fill:#fff;stroke:none` as attributes; the page's rules allow no style that a file brings. */
function declarations(style: string): readonly (readonly [string, string])[] {
  return style.split(';').flatMap((each) => {
    const [name = '', ...rest] = each.split(':')
    return rest.length === 0 ? [] : [[name.trim().toLowerCase(), rest.join(':').replace(/!important/iu, '').trim()] as const]
  })
}

/** Rules of the file for classes and elements: `.a,.b{fill:#fff}`. */
function rulesOf(root: Element): readonly { readonly selector: string; readonly set: ReturnType<typeof declarations> }[] {
  const sheets = [...root.getElementsByTagName('style')].map(({ textContent }) => textContent)
  return sheets.flatMap((sheet) =>
    [...sheet.replaceAll(/\/\*.*?\*\//gsu, '').matchAll(/([^{}]+)\{([^{}]*)\}/gu)].flatMap(([, selectors = '', body = '']) =>
      selectors
        .split(',')
        .map((selector) => selector.trim())
        .filter((selector) => /^[.#]?[\w-]+$/u.test(selector))
        .map((selector) => ({ selector, set: declarations(body) })),
    ),
  )
}

export interface SvgMap {
  readonly picture: SVGSVGElement
  /** The parts that can be chosen, by the value that each stands for. */
  readonly regions: ReadonlyMap<string, SVGElement>
}

/** Reads a picture. Null for a file that is no SVG, or none of whose parts is one of `values`. */
export function readMap(text: string, values: ReadonlySet<string>): SvgMap | null {
  if (text.length > LONGEST || /<!ENTITY/iu.test(text)) return null
  const source = new DOMParser().parseFromString(text.replaceAll(SVG, INERT), 'application/xml')
  const root = source.documentElement
  if (root.localName !== 'svg' || root.namespaceURI !== INERT || source.getElementsByTagName('parsererror').length > 0) return null
  if (source.getElementsByTagName('*').length > MOST_ELEMENTS) return null
  const rules = rulesOf(root)
  const regions = new Map<string, SVGElement>()

  function drawn(element: Element): SVGElement {
    const made = document.createElementNS(SVG, element.localName)
    for (const { selector, set } of rules) {
      if (!element.matches(selector)) continue
      for (const [name, value] of set) if (isHarmless(name, value)) made.setAttribute(name, value)
    }
    for (const { name, value } of element.attributes) if (isHarmless(name, value)) made.setAttribute(name, value)
    for (const [name, value] of declarations(element.getAttribute('style') ?? '')) {
      if (isHarmless(name, value)) made.setAttribute(name, value)
    }
    const { id } = element
    if (values.has(id) && !regions.has(id)) regions.set(id, made)
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) made.append(child.nodeValue ?? '')
      else if (child instanceof Element && child.namespaceURI === INERT && ELEMENTS.has(child.localName)) made.append(drawn(child))
    }
    return made
  }

  const picture = drawn(root) as SVGSVGElement
  if (regions.size === 0) return null
  const [width, height] = [root.getAttribute('width'), root.getAttribute('height')].map((each) => Number.parseFloat(each ?? ''))
  if (!picture.hasAttribute('viewBox') && width && height) picture.setAttribute('viewBox', `0 0 ${width} ${height}`)
  picture.removeAttribute('width')
  picture.removeAttribute('height')
  return { picture, regions }
}
