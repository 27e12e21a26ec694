import { BodyError, nodeBody } from '../store/feed_bodies'
import type { Database, PlaceRow } from '../store/database'
import { CENTRAL } from '../store/whereabouts'

/** Where a tablet may deliver. */
export interface Place {
  readonly id: string
  /** Base URL without a slash at its end. */
  readonly url: string
}

/** The nodes of the tablet's site in the order of the feed, then central. */
export async function placesOf(database: Database): Promise<readonly Place[]> {
  const enrolled = await database.get('enrolled')
  if (enrolled === undefined) return []
  const rows = await database.feed.where('[chain+number]').between(['study', 0], ['study', Infinity]).toArray()
  const nodes = new Map<string, Place>()
  for (const row of rows) {
    if (row.kind === 'revocation' && typeof row.body['node'] === 'string') nodes.delete(row.body['node'])
    if (row.kind !== 'node') continue
    try {
      const node = nodeBody(row.body)
      // A later certificate of the same node replaces the earlier one.
      nodes.delete(node.id)
      const url = baseUrl(node.url)
      if (url !== null && node.sites.includes(enrolled.site.id) && node.id !== CENTRAL) nodes.set(node.id, { id: node.id, url })
    } catch (error) {
      if (!(error instanceof BodyError)) throw error
    }
  }
  return [...nodes.values(), { id: CENTRAL, url: baseUrl(enrolled.central) ?? enrolled.central }]
}

/** What is remembered of a place. */
export async function remembered(database: Database, id: string): Promise<PlaceRow> {
  return (await database.places.get(id)) ?? { id, cursor: 0, epoch: null, lastContact: null, alarm: null }
}

/** Changes what is remembered of a place. */
export async function remember(database: Database, id: string, change: Partial<Omit<PlaceRow, 'id'>>): Promise<void> {
  await database.transaction('rw', database.places, async () => {
    await database.places.put({ ...(await remembered(database, id)), ...change })
  })
}

/** The URL without query, fragment and final slash; null unless it is http or https. */
export function baseUrl(url: string): string | null {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return null
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return null
  return parsed.origin + parsed.pathname.replace(/\/+$/, '')
}
