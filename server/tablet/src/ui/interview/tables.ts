/** Questions that share their choices: a header that names the choices, and a row for each question below it. */
import type { FormItem, Question } from '../../form/model'
import { isHeaderRow } from '../../form/sections'

export interface Table {
  readonly key: string
  readonly header: Question
  readonly rows: readonly Question[]
}

export type Block = FormItem | { readonly item: 'table'; readonly key: string; readonly table: Table }

function isRow(item: FormItem): item is Question {
  return item.item === 'question' && (item.kind === 'one' || item.kind === 'many') && item.appearances.has('list-nolabel')
}

/** Items as they are laid out: a header with its rows as one. */
export function blocksOf(items: readonly FormItem[]): readonly Block[] {
  const blocks: Block[] = []
  let rows: Question[] | null = null
  for (const item of items) {
    if (item.item === 'question' && isHeaderRow(item)) {
      rows = []
      blocks.push({ item: 'table', key: item.key, table: { key: item.key, header: item, rows } })
    } else if (rows !== null && isRow(item)) {
      rows.push(item)
    } else {
      rows = null
      blocks.push(item)
    }
  }
  return blocks
}
