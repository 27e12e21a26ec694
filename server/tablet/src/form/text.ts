/** Texts of a form: the engine's formatted text reduced to words and a few harmless elements. */
import type { MarkdownNode, TextRange } from './engine'
import type { FormText, TextPiece } from './model'

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

/** A label, hint or message in the form's present language. Links lose their target: the app leads nowhere else. */
export function formText(range: TextRange<'label' | 'hint' | 'item-label' | 'constraintMsg' | 'requiredMsg'>): FormText {
  const pieces = range.formatted.map(piece)
  return { plain: words(pieces).trim(), pieces }
}
