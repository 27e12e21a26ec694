/**
 * What becomes of the answers of a draft under another version of its form. Only the same path moves, and only as it
 * is. Where the draft was under that version before, what it said there comes back beside it.
 */
import { Fitting, isAnswered, type Reason } from './fits'
import type { Asked, Outline } from './outline'
import { byPlace, type Answer, type Said, type SaidEntry } from './said'

/** A draft under one version of its form; null for one that was never under that version. */
export interface Version<T = Said> {
  readonly outline: Outline
  readonly said: T
}

/** An answer that has no place in the other version. */
export interface Lost {
  /** Such as `member[2]/age`. */
  readonly place: string
  readonly question: Asked
  readonly text: string
  readonly reason: Reason
}

export interface Entry {
  readonly answers: ReadonlyMap<string, string>
  readonly entries: readonly string[]
}

export interface Carried {
  /** Answers that stand in no repeat, by path; an empty one takes away what stood there. */
  readonly answers: ReadonlyMap<string, string>
  /** Outermost repeats by path, with all their entries; those that are left out stay as they are. */
  readonly repeats: ReadonlyMap<string, readonly Entry[]>
  /** How many answers stay, and how many come back that only this version has a place for. */
  readonly stays: number
  readonly returns: number
  readonly lost: readonly Lost[]
  /** Questions that the version before did not ask, and that nobody has answered yet. */
  readonly asked: readonly Asked[]
}

/** Neither has an answer in it that a draft could give. The recording of the whole has one where a record was sent back. */
const NEVER: ReadonlySet<string> = new Set(['note', 'audit'])

/** Carries what a draft says from one version to another. */
export function carried(from: Version, to: Version<Said | null>): Carried {
  return new Carrying(from, to).all()
}

class Carrying {
  readonly #there: Fitting
  readonly #back: Fitting
  readonly #lost: Lost[] = []
  #stays = 0
  #returns = 0

  constructor(
    private readonly from: Version,
    private readonly to: Version<Said | null>,
  ) {
    this.#there = new Fitting(from.outline, to.outline)
    this.#back = new Fitting(to.outline, from.outline)
  }

  all(): Carried {
    const base = this.to.said
    const answers = this.#settled([...this.from.said.answers.values()], [...(base?.answers.values() ?? [])], '')
    const repeats = new Map<string, readonly Entry[]>()
    for (const path of new Set([...this.from.said.repeats.keys(), ...(base?.repeats.keys() ?? [])])) {
      const entries = this.#repeat(path, this.from.said.repeats.get(path), base?.repeats.get(path))
      if (entries !== null) repeats.set(path, entries)
    }
    return { answers, repeats, stays: this.#stays, returns: this.#returns, lost: this.#lost, asked: this.#asked() }
  }

  #asked(): readonly Asked[] {
    const before = this.to.said === null ? [] : [...byPlace(this.to.said).values()]
    const known = new Set([...this.from.outline.questions.keys(), ...before.map(({ question }) => question.path)])
    return [...this.to.outline.questions.values()].filter((each) => isAnswered(each) && !each.isBeside && !known.has(each.path))
  }

  /** The entries as they are to be, or null where nothing of them changes. */
  #repeat(path: string, said: readonly SaidEntry[] | undefined, base: readonly SaidEntry[] | undefined): readonly Entry[] | null {
    const isThere = isOutermost(path, this.to.outline)
    if (said === undefined || !isThere) {
      for (const [at, { answers }] of (said ?? []).entries()) this.#settled(answers, [], `${path}[${at + 1}]/`)
      if (base !== undefined) for (const { answers } of base) this.#returns += answers.filter(isGiven).length
      return null
    }
    // An entry has no name: it is the same where all that both versions ask says the same, and else it is another.
    const waiting = this.#alike(said, base ?? [])
    const entries = said.map((entry, at) => {
      const same = waiting.get(this.#shared(entry))?.shift()
      const answers = this.#settled(entry.answers, same?.answers ?? [], `${path}[${at + 1}]/`)
      const inner = entry.entries.filter((place) => this.to.outline.repeats.has(`${path}/${withoutPositions(place)}`))
      return { answers, entries: [...new Set([...inner, ...(same?.entries ?? [])])] }
    })
    const taken = new Set([...waiting.values()].flat())
    for (const entry of base ?? []) if (taken.has(entry) || !waiting.has(this.#shared(entry))) this.#gone(entry.answers, path)
    return entries
  }

  /** Entries of before by what both versions ask, where there are as many of them now: which of two is gone nobody knows. */
  #alike(said: readonly SaidEntry[], base: readonly SaidEntry[]): Map<string, SaidEntry[]> {
    const now = said.map((entry) => this.#shared(entry))
    const before = new Map<string, SaidEntry[]>()
    for (const entry of base) before.set(this.#shared(entry), [...(before.get(this.#shared(entry)) ?? []), entry])
    return new Map([...before].filter(([shared, { length }]) => now.filter((each) => each === shared).length === length))
  }

  #shared({ answers }: SaidEntry): string {
    const both = answers.filter(({ question, text }) => text !== '' && isAnswered(question) && this.#fitsBoth(question, text))
    return JSON.stringify(both.map(({ place, text }) => [place, text]).sort())
  }

  #fitsBoth({ path }: Asked, text: string): boolean {
    const [here, there] = [this.from.outline.questions.get(path), this.to.outline.questions.get(path)]
    if (here === undefined || there === undefined) return false
    return this.#there.against(here, text) === null && this.#back.against(there, text) === null
  }

  /** Answers of entries that are not there any more: only what the other version has no place for is worth telling. */
  #gone(answers: readonly Answer[], path: string): void {
    for (const answer of answers.filter(isGiven)) {
      if (this.#back.against(answer.question, answer.text) === null) continue
      this.#lost.push({ ...answer, place: `${path}/${answer.place}`, reason: 'entry' })
    }
  }

  /** The answers of one entry, or of all that stands in none, by place. */
  #settled(said: readonly Answer[], base: readonly Answer[], prefix: string): Map<string, string> {
    const settled = new Map<string, string>()
    const before = new Map(base.map((answer) => [answer.place, answer]))
    const given = new Map(said.filter(({ question, text }) => text !== '' && !NEVER.has(question.type)).map((each) => [each.place, each]))
    for (const answer of given.values()) {
      const { place, question, text } = answer
      const reason = this.#there.against(question, text)
      if (reason !== null && before.get(place)?.text !== text) {
        if (isAnswered(question)) this.#lost.push({ ...answer, place: `${prefix}${place}`, reason })
        continue
      }
      settled.set(place, text)
      if (isAnswered(question)) this.#stays += 1
    }
    for (const answer of base) if (!settled.has(answer.place)) settled.set(answer.place, this.#kept(answer, given.get(answer.place)))
    return settled
  }

  /** What becomes of an answer of before: where it was taken away or given anew since, it does not come back. */
  #kept({ question, text }: Answer, since: Answer | undefined): string {
    if (text === '' || !isAnswered(question)) return text
    const wasCarried = this.#back.against(question, text) === null
    const wasAnsweredAnew = since !== undefined && this.#back.reworded.has(question.path)
    if (wasCarried || wasAnsweredAnew) return ''
    this.#returns += 1
    return text
  }
}

function isGiven({ question, text }: Answer): boolean {
  return text !== '' && isAnswered(question)
}

function isOutermost(path: string, { repeats }: Outline): boolean {
  return repeats.has(path) && ![...repeats.keys()].some((other) => path.startsWith(`${other}/`))
}

function withoutPositions(place: string): string {
  return place.replace(/\[\d+\]/gu, '')
}
