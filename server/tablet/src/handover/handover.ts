import { canonical } from '../envelope'
import type { Handover as HandoverService, HandoverPlan, HandoverTarget, WaitingPart } from '../services'
import { TabletError } from '../services'
import type { Bodies } from '../store/bodies'
import type { Changes } from '../store/changes'
import { isCheckpoint } from '../store/checkpoints'
import type { Database, EnrolledRow, ItemRow, Meta } from '../store/database'
import type { Forms } from '../store/forms'
import type { Items } from '../store/items'
import { whileStaging } from '../store/staging'
import { partState } from '../store/whereabouts'
import { framed, handoverFile, type FileItem } from './format'

/** A further file is begun where one would grow beyond this: sticks and mail have their limits. */
const FILE_BYTES = 1024 ** 3

interface Planned extends HandoverPlan {
  readonly enrolled: EnrolledRow
  readonly at: string
  readonly items: readonly ItemRow[]
}

/** What is not safe yet: part by part, and all of it in a file. Nothing here deletes. */
export class Handover implements HandoverService {
  constructor(
    private readonly database: Database,
    private readonly items: Items,
    private readonly bodies: Bodies,
    private readonly forms: Forms,
    private readonly changes: Changes,
    private readonly nudge: () => void,
    private readonly locks: LockManager,
    private readonly now: () => Date = () => new Date(),
    private readonly fileBytes = FILE_BYTES,
  ) {}

  /** Newest interview first; within one the answers before photos before recordings. */
  async waiting(): Promise<readonly WaitingPart[]> {
    const { items, mark } = await this.unsafe()
    const instances = new Map((await this.database.instances.toArray()).map((row) => [row.instance, row]))
    const describe = await this.forms.describer()
    const parts = items.flatMap((item) => {
      const row = instances.get(item.instance)
      return row === undefined || isCheckpoint(item) ? [] : [{ row, part: waitingPart(item, mark, describe(row.form, row.version), row.finishedAt) }]
    })
    parts.sort((a, b) => b.row.number - a.row.number || a.part.priority - b.part.priority)
    return parts.map(({ part }) => part)
  }

  async retry(id: string): Promise<void> {
    await this.items.retry(id)
    this.changes.tell()
    this.nudge()
  }

  async setAside(id: string): Promise<void> {
    await this.items.setAside(id)
    this.changes.tell()
  }

  plan(): Promise<HandoverPlan> {
    return this.planned()
  }

  /** Nothing is pruned while it reads. */
  async write(target: HandoverTarget, told: (bytes: number) => void): Promise<HandoverPlan> {
    return whileStaging(this.locks, () => this.writeAll(target, told))
  }

  private async writeAll(target: HandoverTarget, told: (bytes: number) => void): Promise<HandoverPlan> {
    const plan = await this.planned()
    const { enrolled, at, items } = plan
    if (items.length === 0) throw new TabletError('handover.nothing')
    const about = { study: enrolled.study, device: enrolled.device, at, count: items.length }
    try {
      let written = 0
      for await (const bytes of handoverFile(about, this.read(items))) {
        await target.write(bytes)
        written += bytes.length
        told(written)
      }
      await target.close()
    } catch (error) {
      await target.abort().catch(() => undefined)
      throw error
    }
    const ids = items.map(({ id }) => id)
    await this.database.items.where('id').anyOf(ids).modify((item) => void Object.assign(item, { handedOverAt: at }))
    this.changes.tell()
    return plan
  }

  /** Answers before photos before recordings, at least one part, as many as fit. */
  private async planned(): Promise<Planned> {
    const enrolled = await this.database.get('enrolled')
    if (enrolled === undefined) throw new TabletError('tablet.new')
    const items: ItemRow[] = []
    // One that this browser has lost holds up no other; the list of parts says what became of it.
    for (const item of (await this.unsafe()).items) if (await this.isWhole(item)) items.push(item)
    const isFirst = ({ handedOverAt }: ItemRow): boolean => handedOverAt === undefined
    const sizeOf = (item: ItemRow): number => framed(item.coverSize, item.size)
    const fitsWhole = items.reduce((sum, item) => sum + sizeOf(item), 0) <= this.fileBytes
    const isNew = items.some(isFirst)
    // Where one file cannot hold all, the next one goes on where the last one ended.
    const candidates = fitsWhole || !isNew ? items : items.filter(isFirst)
    candidates.sort((a, b) => a.priority - b.priority || a.number - b.number)
    const at = this.now().toISOString().replace(/\.\d+Z$/, 'Z')
    let size = framed(canonical({ study: enrolled.study, device: enrolled.device, at }).length, 64)
    const chosen: ItemRow[] = []
    for (const item of candidates) {
      if (chosen.length > 0 && size + sizeOf(item) > this.fileBytes) break
      chosen.push(item)
      size += sizeOf(item)
    }
    const left = isNew ? candidates.length - chosen.length : 0
    const time = at.replace(/[-:]/g, '')
    const name = `feldbuch-${enrolled.study}-${enrolled.device.slice(0, 8)}-${time}.fbh`
    return { name, parts: chosen.length, bytes: size, left, enrolled, at, items: chosen }
  }

  private async unsafe(): Promise<{ readonly items: ItemRow[]; readonly mark: Meta['mark'] | undefined }> {
    const mark = await this.database.get('mark')
    const items = await this.database.items.toArray()
    return { items: items.filter((item) => partState(item, mark).whereabouts !== 'safe'), mark }
  }

  private async isWhole(item: ItemRow): Promise<boolean> {
    const covers = await this.database.covers.where('hash').equals(item.hash).count()
    return covers === 1 && (await this.bodies.complete(item.body, item.size))
  }

  private async *read(items: readonly ItemRow[]): AsyncGenerator<FileItem, void, undefined> {
    for (const item of items) {
      const cover = await this.database.covers.get(item.hash)
      if (cover === undefined) throw new TabletError('storage.lost')
      yield { cover: cover.bytes, size: item.size, read: (from, to) => this.bodies.read(item.body, from, to) }
    }
  }
}

function waitingPart(
  item: ItemRow,
  mark: Meta['mark'] | undefined,
  form: WaitingPart['form'],
  finishedAt: string,
): WaitingPart {
  const { id, instance, priority, size } = item
  const { whereabouts, code } = partState(item, mark)
  const refused = Object.entries(item.acknowledged).filter(([, word]) => word.state === 'refused')
  const next = whereabouts === 'set_aside' && item.isAside !== true ? Math.min(...refused.map(([, word]) => word.retryAt)) : null
  return {
    id,
    instance,
    form,
    finishedAt,
    priority,
    size,
    whereabouts,
    code,
    place: Object.entries(item.acknowledged).find(([, word]) => word.code === code && code !== null)?.[0] ?? null,
    nextTry: next === null || !Number.isFinite(next) || next === 0 ? null : new Date(next).toISOString(),
    isAside: item.isAside === true,
    handedOverAt: item.handedOverAt ?? null,
  }
}
