import type { FinishedInstance, Outbox as OutboxService } from '../services'
import { isCheckpoint } from './checkpoints'
import type { Database, InstanceRow, ItemRow, Meta } from './database'
import type { Forms } from './forms'
import { partState, worst, type PartState } from './whereabouts'

/** Finished instances and where each one is. */
export class Outbox implements OutboxService {
  constructor(
    private readonly database: Database,
    private readonly forms: Forms,
    /** Pseudonym of the interviewer whose list it is, or null for everybody's. */
    private readonly whose: () => string | null = () => null,
  ) {}

  /** The instances of the interviewer who has the tablet open. */
  async list(): Promise<readonly FinishedInstance[]> {
    const { instances, items, mark } = await this.read()
    const describe = await this.forms.describer()
    const whose = this.whose()
    return instances.filter((row) => whose === null || row.interviewer === whose).map((row) => {
      const { instance, finishedAt, number, parts, isTraining = false } = row
      const state = instanceState(row, items, mark)
      const handedOverAt = handedOver(row, items.get(row.instance) ?? [])
      return { instance, form: describe(row.form, row.version), finishedAt, number, parts, handedOverAt, isTraining, ...state }
    })
  }

  /** The state of every instance, newest first. */
  async states(): Promise<readonly { readonly row: InstanceRow; readonly state: PartState }[]> {
    const { instances, items, mark } = await this.read()
    return instances.map((row) => ({ row, state: instanceState(row, items, mark) }))
  }

  private async read(): Promise<{
    readonly instances: InstanceRow[]
    readonly items: ReadonlyMap<string, ItemRow[]>
    readonly mark: Meta['mark'] | undefined
  }> {
    const instances = await this.database.instances.orderBy('number').reverse().toArray()
    const items = new Map<string, ItemRow[]>()
    for (const item of await this.database.items.toArray()) {
      if (isCheckpoint(item)) continue
      const parts = items.get(item.instance)
      if (parts === undefined) items.set(item.instance, [item])
      else parts.push(item)
    }
    return { instances, items, mark: await this.database.get('mark') }
  }
}

function instanceState(
  row: InstanceRow,
  items: ReadonlyMap<string, ItemRow[]>,
  mark: Meta['mark'] | undefined,
): PartState {
  const own = items.get(row.instance) ?? []
  return worst(own.map((item) => partState(item, mark)), row.parts)
}

/** When the last of its parts went into a hand-over file; null while one has not. */
function handedOver(row: InstanceRow, own: readonly ItemRow[]): string | null {
  const times = own.flatMap(({ handedOverAt }) => handedOverAt ?? [])
  return times.length < row.parts ? null : (times.sort()[0] ?? null)
}
