/** The lists of cases as the feed names them: one for each interviewer of this tablet, the last one counts. */
import type { Database } from '../store/database'
import { BodyError, reference, type ContentReference } from '../store/feed_bodies'
import { deviceChain } from '../store/intake_key'

/** The cases of an interviewer of this device, sealed to them. */
export interface CaseListBody {
  readonly interviewer: string
  readonly list: ContentReference
}

/** The entries of this tablet's own chain, in their order. Those that are not as the protocol says are passed over. */
export async function listsIn(database: Database): Promise<CaseListBody[]> {
  const rows = await database.feed.where('kind').equals('cases').sortBy('number')
  if (rows.length === 0) return []
  const chain = deviceChain((await database.get('enrolled'))?.device ?? '')
  const found: CaseListBody[] = []
  for (const row of rows) {
    if (row.chain !== chain) continue
    try {
      const { interviewer, list } = row.body
      if (typeof interviewer !== 'string') throw new BodyError('interviewer')
      found.push({ interviewer, list: reference(list) })
    } catch (error) {
      if (!(error instanceof BodyError)) throw error
    }
  }
  return found
}

/** The newest list of each interviewer. */
export async function newestLists(database: Database): Promise<CaseListBody[]> {
  return [...new Map((await listsIn(database)).map((each) => [each.interviewer, each])).values()]
}

/** Removes the lists that a newer one, which is here, has taken the place of. */
export async function forgetReplaced(database: Database): Promise<void> {
  const lists = await listsIn(database)
  if (lists.length === 0) return
  const newest = new Map(lists.map(({ interviewer, list }) => [interviewer, list.hash]))
  const here = new Set(await database.contents.where('hash').anyOf([...newest.values()]).primaryKeys())
  const old = lists.filter(({ interviewer, list }) => {
    const last = newest.get(interviewer) ?? ''
    return list.hash !== last && here.has(last)
  })
  await database.contents.bulkDelete(old.map(({ list }) => list.hash))
}
