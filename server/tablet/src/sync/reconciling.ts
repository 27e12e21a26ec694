import type { JsonObject } from '../envelope'
import type { Bodies } from '../store/bodies'
import type { ComparedRow, Database, ItemRow } from '../store/database'
import { isObject } from '../store/feed_bodies'
import { queueAgain } from '../store/queue_again'
import { CENTRAL } from '../store/whereabouts'
import { Malformed, PlaceError, Unreachable } from './failures'
import { remember, remembered } from './places'
import { Comparison, readPart } from './reconcile'
import type { Session } from './session'

const EVERY_MS = 24 * 60 * 60 * 1000
/** When more was found than one comparison takes. */
const UNFINISHED_EVERY_MS = 60 * 60 * 1000
const NAMES_AT_MOST = 100
const TOLD_AT_MOST = 50
const COUNT_AT_MOST = 2 ** 31 - 1
/** Whatever a place says to have: what is remembered of it stays in bounds. */
const REMEMBERED_AT_MOST = 20_000

type Kind = 'lost' | 'again' | 'missing' | 'surplus'

interface Found {
  readonly kind: Kind
  readonly hash: string
  readonly instance: string | null
  readonly part: string | null
}

/**
 * Once a day, at contact: compares what this tablet believes a place to have with what it has. What is missing there is
 * queued again, what is missing here is remembered, and the place is told both. Nothing is deleted.
 */
export class Reconciling {
  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly bodies: Bodies,
    private readonly now: () => Date,
  ) {}

  /** Whether something was queued again. What breaks off is still due; it must hold up nothing else. */
  async run(): Promise<boolean> {
    const { session, database } = this
    if (session.welcome.standing !== 'introduced' || !session.can('reconcile')) return false
    try {
      const before = (await remembered(database, session.place.id)).compared
      let isQueued = false
      if (this.isDue(before)) isQueued = await this.compare(before)
      await this.tell()
      return isQueued
    } catch (error) {
      if (error instanceof PlaceError || error instanceof Unreachable || error instanceof Malformed) return false
      throw error
    }
  }

  private isDue(before: ComparedRow | undefined): boolean {
    if (before === undefined) return true
    // A clock that was set back must not put it off for years.
    const gone = this.now().getTime() - Date.parse(before.at)
    return gone < 0 || gone >= (before.isComplete ? EVERY_MS : UNFINISHED_EVERY_MS)
  }

  private async compare(before: ComparedRow | undefined): Promise<boolean> {
    const every = await this.database.items.toArray()
    const known = before?.surplus ?? []
    const believed = every.filter((item) => this.isBelieved(item)).map(({ hash }) => hash)
    const comparison = new Comparison([...new Set([...believed, ...known])].sort())
    let isSound = true
    try {
      for (let prefixes = comparison.questions(); prefixes.length > 0; prefixes = comparison.questions()) {
        const { parts } = await this.ask('', { prefixes })
        if (!Array.isArray(parts) || parts.length !== prefixes.length) throw new Malformed('reconcile')
        await comparison.take(prefixes.map((prefix, index) => readPart(prefix, (parts as unknown[])[index])))
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      isSound = false
    }
    const byHash = new Map(every.map((item) => [item.hash, item]))
    const surplus = comparison.surplus.filter((hash) => !byHash.has(hash))
    const found: Found[] = [...(await this.missing(comparison, byHash, before)), ...(await this.named(surplus))]
    const queued = found.filter(({ kind }) => kind === 'missing' || kind === 'again').map(({ hash }) => hash)
    const isComplete = comparison.isComplete && isSound
    await this.database.transaction('rw', this.database.items, this.database.places, async () => {
      await queueAgain(this.database, queued, this.session.place.id, this.session.welcome.epoch)
      await remember(this.database, this.session.place.id, {
        compared: {
          at: this.now().toISOString(),
          // Where an answer was malformed, another comparison would soon meet the same.
          isComplete: isComplete || !isSound,
          queued,
          surplus: [...known, ...surplus].slice(0, REMEMBERED_AT_MOST),
          untold: report(found, comparison.compared, isComplete),
        },
      })
    })
    return queued.length > 0
  }

  /** What the place has said to keep, or central has given a receipt for. */
  private isBelieved(item: ItemRow): boolean {
    const { id } = this.session.place
    const { epoch } = this.session.welcome
    const word = item.acknowledged[id]
    if (word !== undefined && word.state !== 'refused' && word.epoch === epoch) return true
    return id === CENTRAL && epoch !== null && item.receipts[epoch] !== undefined
  }

  private async missing(
    { missing }: Comparison,
    byHash: ReadonlyMap<string, ItemRow>,
    before: ComparedRow | undefined,
  ): Promise<Found[]> {
    const found: Found[] = []
    for (const hash of missing) {
      const item = byHash.get(hash)
      const isWhole = item !== undefined && (this.isAtCentral(item) || (await this.isWhole(item)))
      const kind = !isWhole ? 'lost' : before?.queued.includes(hash) === true ? 'again' : 'missing'
      found.push({ kind, hash, instance: item?.instance ?? null, part: item?.part ?? null })
    }
    return found
  }

  /** What a node has lost and central holds is no loss. */
  private isAtCentral({ receipts }: ItemRow): boolean {
    return this.session.place.id !== CENTRAL && Object.values(receipts).some(({ state }) => state === 'held')
  }

  private async isWhole({ body, size }: ItemRow): Promise<boolean> {
    try {
      await this.bodies.read(body, Math.max(0, size - 1), size)
      return true
    } catch {
      return false
    }
  }

  private async named(hashes: readonly string[]): Promise<Found[]> {
    const found: Found[] = []
    for (let at = 0; at < hashes.length; at += NAMES_AT_MOST) {
      const some = hashes.slice(at, at + NAMES_AT_MOST)
      const { items } = await this.ask('/names', { hashes: some })
      for (const [index, hash] of some.entries()) {
        const name: unknown = Array.isArray(items) ? items[index] : null
        const { instance, part } = isObject(name) ? name : {}
        const isNamed = typeof instance === 'string' && instance.length <= 128 && typeof part === 'string' && part.length <= 8
        found.push({ kind: 'surplus', hash, instance: isNamed ? instance : null, part: isNamed ? part : null })
      }
    }
    return found
  }

  private async tell(): Promise<void> {
    const { id } = this.session.place
    const { compared } = await remembered(this.database, id)
    if (compared === undefined || compared.untold === null) return
    await this.ask('/found', compared.untold)
    await remember(this.database, id, { compared: { ...compared, untold: null } })
  }

  private async ask(path: string, json: unknown): Promise<Record<string, unknown>> {
    return this.session.json(`/sync/reconcile${path}`, { method: 'POST', json })
  }
}

/** What a place is told, the gravest first. */
function report(found: readonly Found[], compared: number, isComplete: boolean): JsonObject {
  const kinds: readonly Kind[] = ['lost', 'again', 'missing', 'surplus']
  const of = (kind: Kind): readonly Found[] => found.filter((each) => each.kind === kind)
  const items = kinds.flatMap(of).slice(0, TOLD_AT_MOST)
  return {
    by: 'schedule',
    compared: Math.min(compared, COUNT_AT_MOST),
    lost: of('lost').length,
    again: of('again').length,
    missing: of('missing').length,
    surplus: of('surplus').length,
    complete: isComplete,
    items: items.map(({ kind, hash, instance, part }) => ({ kind, hash, instance, part })),
  }
}
