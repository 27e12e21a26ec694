/** A tablet in memory that writes down what it was asked, and can be told to fail or to wait. */
import { afterAll, vi } from 'vitest'
import { TabletError, type DraftContent, type Ending, type FinishedInstance, type LoadedForm, type Tablet } from '../../services'
import { HOUSEHOLD } from '../../form/testing/engine'

// Some inputs are loaded when a page first shows one, and a file of tests may be over before they are there.
afterAll(() => vi.dynamicImportSettled())

// jsdom lays nothing out, so nothing ever changes its size.
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

export interface MemoryTablet {
  readonly tablet: Tablet
  /** What was done, in order: `save d1`, `put d1 house-1.jpg`. */
  readonly log: string[]
  readonly drafts: Map<string, DraftContent>
  readonly files: Map<string, File>
  /** What the journals of the drafts gained, by draft. */
  readonly journals: Map<string, string[]>
  /** What the last record was sealed with. */
  ending: Ending | null
  /** The next saves raise this code. */
  failing: string | null
  /** Saves wait until this is resolved. */
  gate: Promise<void>
}

export function memoryTablet(form: LoadedForm = HOUSEHOLD): MemoryTablet {
  const log: string[] = []
  const drafts = new Map<string, DraftContent>()
  const files = new Map<string, File>()
  const journals = new Map<string, string[]>()
  const memory: MemoryTablet = {
    tablet: {} as Tablet,
    log,
    drafts,
    files,
    journals,
    ending: null,
    failing: null,
    gate: Promise.resolve(),
  }

  async function write(what: string, id: string, content: DraftContent, noted?: string | null): Promise<void> {
    log.push(`${what} ${id}`)
    await memory.gate
    if (memory.failing !== null) throw new TabletError(memory.failing)
    drafts.set(id, content)
    if (typeof noted === 'string') journals.set(id, [...(journals.get(id) ?? []), noted])
  }

  const site = { id: 'duisburg', kind: 'arrival' as const, title: { de: 'Duisburg' } }
  const partial: Partial<Tablet> = {
    recorder: null,
    identity: () =>
      Promise.resolve({ device: 'tablet-7', study: 'example', title: {}, site, interviewer: 'int-3', central: '' }),
    isTraining: () => Promise.resolve(false),
    forms: { current: () => Promise.resolve([form]), load: () => Promise.resolve(form) },
    drafts: {
      create: async (_, content, noted) => {
        const id = `d${drafts.size + 1}`
        await write('create', id, content, noted)
        return id
      },
      list: () => Promise.resolve([]),
      load: (id) => {
        const content = drafts.get(id)
        if (content === undefined) return Promise.reject(new TabletError('draft.unknown'))
        const { progress } = content
        return Promise.resolve({ summary: { id, form, startedAt: '', changedAt: '', progress }, content, revision: 1 })
      },
      setAside: (id, code) => {
        log.push(`set aside ${id} ${code}`)
        return Promise.resolve()
      },
      save: (id, content, noted) => write('save', id, content, noted),
      move: (id, { to }, content, noted) => write(`move to ${to.version}`, id, content, noted),
      aside: () => Promise.resolve([]),
      journal: (id) => Promise.resolve(journals.get(id) ?? []),
      putAttachment: (id, name, file) => {
        log.push(`put ${id} ${name}`)
        files.set(name, new File([file], name))
        return Promise.resolve()
      },
      attachment: (_, name) => {
        const file = files.get(name)
        return file === undefined ? Promise.reject(new TabletError('attachment.unknown')) : Promise.resolve(file)
      },
      attachments: () => Promise.resolve([]),
      removeAttachment: (id, name) => {
        log.push(`remove ${id} ${name}`)
        files.delete(name)
        return Promise.resolve()
      },
      discard: () => Promise.resolve(),
    },
    finisher: {
      finish: (draft, instanceXml, language, names, ending = {}) => {
        memory.ending = ending
        log.push(`finish ${draft} ${language} ${names.join()}`)
        return Promise.resolve({ instance: instanceXml, number: 1 } as FinishedInstance)
      },
    },
  }
  Object.assign(memory.tablet, partial)
  return memory
}
