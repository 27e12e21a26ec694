import { packRecord, RECORD_TYPE } from '../envelope'
import { stillKept } from '../returned/kept'
import type { DraftContent } from '../services'
import type { Bodies } from './bodies'
import { coverTime, type Chain } from './chain'
import type { Database } from './database'
import { orFull } from './full'
import { instanceIds } from './instance_ids'
import { newestIntakeKey } from './intake_key'
import { Sealing } from './sealing'
import { whileStaging } from './staging'
import { replacing } from './versions'

/** Numbers that a checkpoint's part can bear. */
const MOST = 9999

/** Makes checkpoints: seals a draft's answers to the intake key, numbers and queues them. */
export class Copier {
  constructor(
    private readonly database: Database,
    private readonly bodies: Bodies,
    private readonly chain: Chain,
    private readonly locks: LockManager,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /**
   * Copies what the draft said at `revision`; nothing, where it has gone on since, be it in another tab: what it said may
   * be of another version, or of a respondent who has taken the consent back. Raises `storage.full`,
   * `intake_key.missing`, `record.instance_id`; nothing is left then.
   */
  async copy(draft: string, content: DraftContent, revision: number): Promise<void> {
    await whileStaging(this.locks, () => orFull(() => this.seal(draft, content, revision)))
  }

  private async seal(id: string, content: DraftContent, revision: number): Promise<void> {
    const { instanceXml: xml, language, card, returned, subject } = content
    const enrolled = await this.database.get('enrolled')
    const row = await this.database.drafts.get(id)
    if (enrolled === undefined || row?.revision !== revision || row.isTraining === true) return
    const recipient = await newestIntakeKey(this.database, enrolled.device)
    const instanceXml = returned?.replaces == null ? xml : replacing(xml, returned.replaces)
    const ids = instanceIds(instanceXml)
    const number = await this.free(ids.instance, (row.copies ?? 0) + 1)
    if (number > MOST) return
    const sealing = new Sealing(this.bodies)
    try {
      const kept = stillKept(instanceXml, returned?.kept ?? [], returned?.removed)
      const given = kept.length === 0 ? {} : { kept }
      const more = { ...given, ...(card === undefined ? {} : { card }), ...(subject === undefined ? {} : { case: subject.id }) }
      const plain = await packRecord({ instanceXml, language, attachments: [], ...more })
      const file = await sealing.bytes(`c${number}`, RECORD_TYPE, plain)
      const { owner: interviewer, form, version } = row
      const facts = { ...ids, interviewer, form, version, finishedAt: coverTime(this.now()), isTraining: false }
      await this.chain.add(facts, [file], recipient, {
        tables: [this.database.drafts],
        write: async () => {
          const same = this.database.drafts.where({ id }).and((current) => current.revision === revision)
          if ((await same.modify({ copies: number })) === 0) throw new Error('gone on with, or finished meanwhile')
        },
      })
    } catch (error) {
      await sealing.discard()
      throw error
    }
  }

  /** The next number that no checkpoint of the instance has: an earlier draft of it here may have made some. */
  private async free(instance: string, from: number): Promise<number> {
    const made = new Set((await this.database.items.where({ instance }).toArray()).map(({ part }) => part))
    let number = from
    while (made.has(`c${number}`)) number += 1
    return number
  }
}
