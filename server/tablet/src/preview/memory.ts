/** A tablet that keeps everything in memory and sends nothing: one draft, gone with the page. */
import { TabletError, type DraftContent, type FinishedInstance, type LoadedForm, type Tablet } from '../services'

export interface MemoryTablet {
  readonly tablet: Tablet
  /** The draft as it was kept last, or null. */
  draft(): DraftContent | null
  /** The record that was finished last, or null. */
  record(): string | null
  /** Forgets the draft, its files and the record. */
  forget(): void
}

const DRAFT = 'preview'

/** `form` is asked for the form of the moment. Raises in the rooms that a preview has no use for. */
export function memoryTablet(form: () => LoadedForm): MemoryTablet {
  const files = new Map<string, File>()
  let draft: DraftContent | null = null
  let record: string | null = null
  const nothing = (): never => {
    throw new Error('a preview neither enrols nor sends')
  }
  const summary = (content: DraftContent) => ({
    id: DRAFT,
    form: form(),
    startedAt: '',
    changedAt: '',
    progress: content.progress,
  })
  const save = (content: DraftContent): Promise<void> => {
    draft = content
    return Promise.resolve()
  }
  const site = { id: DRAFT, kind: 'arrival' as const, title: {} }
  const tablet: Tablet = {
    state: () => Promise.resolve('open'),
    readLink: () => Promise.resolve(null),
    enrol: nothing,
    interviewers: () => Promise.resolve([]),
    unlock: nothing,
    recover: nothing,
    passkeys: { isThere: () => Promise.resolve(false), add: nothing, remove: nothing },
    waiting: nothing,
    isHeld: () => false,
    mustClose: () => Promise.resolve(false),
    policy: nothing,
    lock: nothing,
    identity: () => Promise.resolve({ device: DRAFT, study: DRAFT, title: {}, site, interviewer: DRAFT, central: '' }),
    forms: { current: () => Promise.resolve([form()]), load: () => Promise.resolve(form()) },
    drafts: {
      create: async (_, content) => {
        await save(content)
        return DRAFT
      },
      list: () => Promise.resolve(draft === null ? [] : [summary(draft)]),
      load: () =>
        draft === null
          ? Promise.reject(new TabletError('draft.unknown'))
          : Promise.resolve({ summary: summary(draft), content: draft, revision: 1 }),
      setAside: () => Promise.resolve(),
      save: (_, content) => save(content),
      move: nothing,
      aside: () => Promise.resolve([]),
      journal: () => Promise.resolve([]),
      putAttachment: (_, name, file) => {
        files.set(name, new File([file], name, { type: file.type }))
        return Promise.resolve()
      },
      attachment: (_, name) => {
        const file = files.get(name)
        return file === undefined ? Promise.reject(new TabletError('attachment.unknown')) : Promise.resolve(file)
      },
      attachments: () => Promise.resolve([...files.values()].map(({ name, type, size }) => ({ name, contentType: type, size }))),
      removeAttachment: (_, name) => {
        files.delete(name)
        return Promise.resolve()
      },
      discard: () => Promise.resolve(),
    },
    finisher: {
      finish: (_draft, instanceXml, _language, names) => {
        record = instanceXml
        const finished: FinishedInstance = {
          instance: DRAFT,
          form: form(),
          finishedAt: new Date().toISOString(),
          number: 1,
          whereabouts: 'tablet',
          parts: 1 + names.length,
          code: null,
        }
        return Promise.resolve(finished)
      },
    },
    outbox: { list: () => Promise.resolve([]) },
    sync: { round: nothing, status: nothing, start: nothing, stop: nothing },
    returns: { count: () => Promise.resolve(0), room: nothing },
    cases: { isThere: () => Promise.resolve(false), look: nothing },
    handover: { waiting: nothing, retry: nothing, setAside: nothing, plan: nothing, write: nothing },
    recorder: null,
    isTraining: () => Promise.resolve(false),
    setTraining: nothing,
    storage: () => Promise.resolve({ persisted: true, used: 0, quota: 0 }),
    requestPersistence: () => Promise.resolve(true),
    subscribe: () => () => undefined,
  }
  return {
    tablet,
    draft: () => draft,
    record: () => record,
    forget: () => {
      draft = record = null
      files.clear()
    },
  }
}
