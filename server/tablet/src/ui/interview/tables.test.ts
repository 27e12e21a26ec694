import { expect, it } from 'vitest'
import type { FormItem } from '../../form/model'
import { blocksOf } from './tables'

function question(key: string, appearance: string, kind = 'one'): FormItem {
  return { item: 'question', key, kind, appearances: new Set([appearance]) } as unknown as FormItem
}

it('a header takes the rows that follow it, as long as they follow each other', () => {
  const items = [
    question('before', 'list-nolabel'),
    question('header', 'label'),
    question('a', 'list-nolabel'),
    question('b', 'list-nolabel', 'many'),
    question('after', ''),
    question('c', 'list-nolabel'),
  ]
  const blocks = blocksOf(items).map((block) => (block.item === 'table' ? block.table.rows.map(({ key }) => key) : block.key))
  expect(blocks).toEqual(['before', ['a', 'b'], 'after', 'c'])
})
