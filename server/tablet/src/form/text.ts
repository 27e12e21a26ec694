/** Texts of a form: the engine's formatted text reduced to words and a few harmless elements. */
import type { MarkdownNode, TextRange } from './engine'
import type { FormMedia, FormText, TextPiece } from './model'

/** Elements that may be shown, with the element that stands for them here. */
const SHOWN: Readonly<Record<string, string>> = {
  h1: 'strong',
  h2: 'strong',
  h3: 'strong',
  h4: 'strong',
  h5: 'strong',
  h6: 'strong',
  strong: 'strong',
  em: 'em',
  u: 'u',
  p: 'p',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
}

function piece(node: MarkdownNode): TextPiece {
  switch (node.role) {
    case 'child':
      return { kind: 'text', text: node.value }
    case 'html':
      return { kind: 'text', text: node.unsafeHtml }
    case 'line-break':
      return { kind: 'break' }
    case 'parent':
      return { kind: 'element', name: SHOWN[node.elementName] ?? 'span', pieces: node.children.map(piece) }
  }
}

function words(pieces: readonly TextPiece[]): string {
  return pieces
    .map((each) => (each.kind === 'text' ? each.text : each.kind === 'break' ? ' ' : words(each.pieces)))
    .join('')
}

function ofPieces(pieces: readonly TextPiece[]): FormText {
  return { plain: words(pieces).trim(), pieces }
}

type Range = TextRange<'label' | 'hint' | 'item-label' | 'constraintMsg' | 'requiredMsg'>

/** Words that no reading of markup changes; most labels are such. Brackets alone are none: a link has an address. */
const UNFORMATTED = /^(?!\d+[.)]|[+-])(?!.*\]\s*[([:])[^*_#<>\\&`\n~=]*$/u

/** A label, hint or message in the form's present language. Links lose their target: the app leads nowhere else. */
export function formText(range: Range): FormText {
  const text = range.asString
  if (UNFORMATTED.test(text) && !text.startsWith(' ')) return { plain: text.trim(), pieces: [{ kind: 'text', text }] }
  return ofPieces(range.formatted.map(piece))
}

/** The name in `jr://file-csv/NAME` or `jr://images/NAME`, as the XForm has it before it becomes an address. */
export function fileName(url: URL): string {
  const name = url.href.slice(`${url.protocol}//${url.host}/`.length)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Larger pictures by the name of the smaller one that stands beside them. */
export type BigImages = ReadonlyMap<string, string>

const IMAGE_NAME = /<value form="(image|big-image)">\s*jr:\/\/images\/([^<]+?)\s*<\/value>/gu

function unescaped(xml: string): string {
  return xml.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}

/** Finds the larger pictures of an XForm, which the engine does not tell of. */
export function bigImages(xform: string): BigImages {
  const found = new Map<string, string>()
  if (!xform.includes('form="big-image"')) return found
  for (const [, text = ''] of xform.matchAll(/<text [^>]*>(.*?)<\/text>/gsu)) {
    const names = new Map([...text.matchAll(IMAGE_NAME)].map(([, form = '', name = '']) => [form, unescaped(name)]))
    const [small, big] = [names.get('image'), names.get('big-image')]
    if (small !== undefined && big !== undefined) found.set(small, big)
  }
  return found
}

/** The files that belong to a label; null where there is none. */
export function mediaOf(range: Range, big: BigImages = new Map()): FormMedia | null {
  const named = (url: URL | undefined): string | null => (url === undefined ? null : fileName(url))
  // The engine's type of an address leans on a package that it does not ship.
  const { imageSource, audioSource, videoSource } = range as unknown as Record<string, URL | undefined>
  if (!imageSource && !audioSource && !videoSource) return null
  const image = named(imageSource)
  return { image, audio: named(audioSource), video: named(videoSource), big: image === null ? null : (big.get(image) ?? null) }
}

/** Stands before a guidance, which the engine hands over as the rest of the hint. Of Unicode's private use. */
const GUIDANCE = '\u{E000}'

/**
 * The XForm as the engine can show it: it runs all values of a text together, so that a guidance is marked off and
 * what is no text, such as the name of a large picture, is left out.
 */
export function withTextsApart(xform: string): string {
  return xform
    .replaceAll('<value form="guidance">', `<value form="guidance">${GUIDANCE}`)
    .replaceAll(/<value form="(?!guidance"|image"|audio"|video")[^"]*">[^<]*<\/value>/gu, '')
}

/** What stands before the mark, and what stands after it; null where there is no mark. */
function cut(pieces: readonly TextPiece[]): readonly [TextPiece[], TextPiece[]] | null {
  for (const [at, each] of pieces.entries()) {
    const [before, after] = [pieces.slice(0, at), pieces.slice(at + 1)]
    if (each.kind === 'text' && each.text.includes(GUIDANCE)) {
      const [left = '', right = ''] = each.text.split(GUIDANCE)
      return [
        [...before, { ...each, text: left }],
        [{ ...each, text: right }, ...after],
      ]
    }
    const inner = each.kind === 'element' ? cut(each.pieces) : null
    if (each.kind === 'element' && inner !== null) {
      const [left, right] = inner
      return [
        [...before, { ...each, pieces: left }],
        [{ ...each, pieces: right }, ...after],
      ]
    }
  }
  return null
}

function orNone(pieces: readonly TextPiece[]): FormText | null {
  const text = ofPieces(pieces)
  return text.plain === '' ? null : text
}

/** A hint, and the guidance that came with it; each null where there is none. */
export function hintAndGuidance(range: Range): { readonly hint: FormText | null; readonly guidance: FormText | null } {
  const { pieces } = formText(range)
  const [hint, guidance] = cut(pieces) ?? [pieces, []]
  return { hint: orNone(hint), guidance: orNone(guidance) }
}
