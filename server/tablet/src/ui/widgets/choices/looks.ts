/** How choices stand: what the appearances of XLSForm say about columns and marks, older words included. */

export interface Look {
  /** `rows`: one below the other; `auto`: as many as fit; `pack`: one after the other; a number: so many at most. */
  readonly columns: 'rows' | 'auto' | 'pack' | number
  /** Whether a ring or a box shows what is chosen; without, a frame does. */
  readonly hasMarks: boolean
}

const MOST_COLUMNS = 12

export function lookOf(appearances: ReadonlySet<string>): Look {
  const hasMarks = !['no-buttons', 'compact', 'quickcompact'].some((each) => appearances.has(each)) && counted(appearances, 'compact') === null
  const columns = counted(appearances, 'columns') ?? counted(appearances, 'compact') ?? counted(appearances, 'quickcompact')
  if (columns !== null) return { columns, hasMarks }
  const has = (...names: readonly string[]): boolean => names.some((name) => appearances.has(name))
  if (has('columns-pack', 'horizontal-compact', 'compact', 'quickcompact')) return { columns: 'pack', hasMarks }
  return { columns: has('columns', 'columns-flex', 'horizontal') ? 'auto' : 'rows', hasMarks }
}

/** The number of `columns-3`, or null. */
function counted(appearances: ReadonlySet<string>, name: string): number | null {
  for (const each of appearances) {
    const [, number] = new RegExp(`^${name}-(\\d{1,2})$`, 'u').exec(each) ?? []
    if (number !== undefined) return Math.min(MOST_COLUMNS, Math.max(1, Number(number)))
  }
  return null
}

/** Whether the interview goes on by itself when one is chosen. */
export function isQuick(appearances: ReadonlySet<string>): boolean {
  return appearances.has('quick') || appearances.has('quickcompact')
}

/** Whether the list is to be searched however short it is. */
export function isSearched(appearances: ReadonlySet<string>): boolean {
  return [...appearances].some((each) => each === 'autocomplete' || each.startsWith('search'))
}
