/**
 * The blank first entry that an XForm gives to each repeat. Here every roster begins empty (see `clearDefaultEntries`);
 * what is not made needs not be taken away, which for a short form with a household is a fifth of its beginning.
 */

const TAG = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(?<close>\/?)(?<name>[^\s<>/!?]+)(?<rest>(?:"[^"]*"|'[^']*'|[^<>"'])*?)(?<empty>\/?)>/gu
const PRIMARY = /<instance(?:\s[^>]*)?>/u
const REPEAT = /<repeat\s(?<attributes>[^>]*)>/gu

interface Stretch {
  readonly from: number
  readonly to: number
}

/** An element of the instance whose end is not reached yet. */
interface Open {
  readonly path: string
  readonly from: number
  readonly isTemplate: boolean
  /** The names of repeats among its children, with where their entries stand that are no templates. */
  readonly templates: Map<string, Stretch[]>
}

/** Paths of the repeats that grow by a person's hand; the number of the others is the form's affair. */
function grownByHand(xform: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { groups } of xform.matchAll(REPEAT)) {
    const attributes = groups?.['attributes'] ?? ''
    const path = /(?:^|\s)nodeset="([^"]*)"/u.exec(attributes)?.[1]
    if (path !== undefined && !/\b(?:count|noAddRemove)=/u.test(attributes)) found.add(path.trim())
  }
  return found
}

/** Where the single entries stand that a repeat with a template has in the first instance of a form. */
function defaultEntries(xform: string, repeats: ReadonlySet<string>): readonly Stretch[] {
  const start = PRIMARY.exec(xform)
  if (start === null) return []
  const found: Stretch[] = []
  const open: Open[] = []
  const end = (at: Open, to: number): void => {
    if (!at.isTemplate) open.at(-1)?.templates.get(at.path)?.push({ from: at.from, to })
    for (const [first, ...more] of at.templates.values()) if (first !== undefined && more.length === 0) found.push(first)
  }
  const tag = new RegExp(TAG)
  tag.lastIndex = start.index + start[0].length
  for (let each = tag.exec(xform); each !== null; each = tag.exec(xform)) {
    const { close, name, rest = '', empty } = each.groups ?? {}
    if (name === undefined) continue
    const to = each.index + each[0].length
    if (close === '/') {
      const last = open.pop()
      if (last === undefined) return found
      end(last, to)
      continue
    }
    const parent = open.at(-1)
    const path = `${parent?.path ?? ''}/${name}`
    const isTemplate = /\s[\w.-]+:template=/u.test(rest)
    if (isTemplate && repeats.has(path) && parent?.templates.has(path) === false) parent.templates.set(path, [])
    const made: Open = { path, from: each.index, isTemplate: isTemplate || parent?.isTemplate === true, templates: new Map() }
    if (empty === '/') end(made, to)
    else open.push(made)
  }
  return []
}

/** The XForm without the entries that `clearDefaultEntries` would take away. What it cannot make out stays as it is. */
export function withoutDefaultEntries(xform: string): string {
  const repeats = grownByHand(xform)
  if (repeats.size === 0) return xform
  const entries = [...defaultEntries(xform, repeats)].sort((a, b) => a.from - b.from)
  let kept = ''
  let at = 0
  for (const { from, to } of entries) {
    if (from < at) continue
    kept += xform.slice(at, from)
    at = to
  }
  return kept + xform.slice(at)
}
