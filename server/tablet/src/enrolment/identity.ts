import { TabletError, type Identity, type Policy } from '../services'
import type { Database } from '../store/database'
import { DEFAULT_POLICY } from '../store/policy'
import { BodyError, studyBody, type StudyBody } from '../store/feed_bodies'

/** Who this tablet is, and who has it open; titles as the newest entry of the study says them. Raises `tablet.new`. */
export async function identityOf(database: Database, current: string | null = null): Promise<Identity> {
  // Asked for whenever an interview is opened: both are read at once.
  const [enrolled, told] = await Promise.all([database.get('enrolled'), newestStudy(database)])
  if (enrolled === undefined) throw new TabletError('tablet.new')
  const { device, study, central } = enrolled
  const interviewer = current ?? enrolled.interviewer
  const site = told?.sites.find((each) => each.id === enrolled.site.id) ?? enrolled.site
  return { device, study, title: told?.title ?? enrolled.title, site, interviewer, central }
}

/** What the study demands of its tablets. */
export async function policyOf(database: Database): Promise<Policy> {
  return (await newestStudy(database))?.policy ?? DEFAULT_POLICY
}

async function newestStudy(database: Database): Promise<StudyBody | null> {
  const rows = await database.feed.where('[chain+number]').between(['study', 0], ['study', Infinity]).toArray()
  const row = rows.filter((each) => each.kind === 'study').at(-1)
  if (row === undefined) return null
  try {
    return studyBody(row.body)
  } catch (error) {
    if (error instanceof BodyError) return null
    throw error
  }
}
