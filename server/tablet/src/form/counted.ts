/**
 * Repeats that the form itself counts. While `1` becomes `12`, or a count is corrected, the engine takes entries away
 * and adds blank ones: here what they said is kept, and given again to the entry that comes into the same place.
 */
import type { AnyNode, RootNode } from './engine'
import { walk, type Memory } from './hidden'
import { restore, snapshotOf, type Snapshot } from './snapshots'

type Range = Extract<AnyNode, { nodeType: 'repeat-range:controlled' }>

export class Counted {
  readonly #root: RootNode
  readonly #memory: Memory
  readonly #counting: ReadonlySet<string>
  /** What the entries of a repeat said when they were last there, by the engine's id of the repeat. */
  readonly #said = new Map<string, Snapshot[]>()
  readonly #present = new Map<string, number>()

  /** `counting` are the names that `countingNames` finds. */
  constructor(root: RootNode, memory: Memory, counting: ReadonlySet<string>) {
    this.#root = root
    this.#memory = memory
    this.#counting = counting
  }

  /** To be called before an answer is given, with the name of its question. */
  before(name: string): void {
    if (!this.#counting.has(name)) return
    for (const range of this.#ranges()) {
      const said = this.#said.get(range.nodeId) ?? []
      for (const [at, entry] of range.currentState.children.entries()) said[at] = snapshotOf(entry, this.#memory)
      this.#said.set(range.nodeId, said)
      this.#present.set(range.nodeId, range.currentState.children.length)
    }
  }

  /** To be called after an answer was given. */
  after(name: string): void {
    if (!this.#counting.has(name)) return
    for (const range of this.#ranges()) {
      const before = this.#present.get(range.nodeId)
      if (before === undefined) continue
      for (const [at, entry] of range.currentState.children.entries()) {
        const said = this.#said.get(range.nodeId)?.[at]
        if (at >= before && said !== undefined) restore(entry, said, this.#memory)
      }
    }
  }

  #ranges(): readonly Range[] {
    const found: Range[] = []
    walk(this.#root, (node) => {
      if (node.nodeType === 'repeat-range:controlled') found.push(node)
    })
    return found
  }
}

const NAME = /[\p{L}_][\p{L}\p{N}_.-]*/gu

/** Names of all questions on which the number of entries of any repeat depends, also by way of calculations. */
export function countingNames(xform: string): ReadonlySet<string> {
  const counts = [...xform.matchAll(/ jr:count="([^"]*)"/gu)].map(([, expression = '']) => expression)
  const names = new Set(counts.flatMap((expression) => expression.match(NAME) ?? []))
  if (names.size === 0) return names
  const binds = [...xform.matchAll(/<bind ([^>]*)\/>/gu)].flatMap(([, bind = '']) => {
    const [, name] = /nodeset="[^"]*\/([^"/]+)"/u.exec(bind) ?? []
    const [, calculation] = /calculate="([^"]*)"/u.exec(bind) ?? []
    return name === undefined || calculation === undefined ? [] : [{ name, calculation }]
  })
  let size = 0
  while (size < names.size) {
    size = names.size
    for (const { name, calculation } of binds) {
      if (names.has(name)) for (const each of calculation.match(NAME) ?? []) names.add(each)
    }
  }
  return names
}
