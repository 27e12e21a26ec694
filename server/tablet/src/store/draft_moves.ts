/** Drafts that go to another version of their form. Loaded when one does. */
import { TabletError, type DraftAside, type DraftContent, type DraftStep } from '../services'
import type { Database, DraftAsideRow, DraftRow } from './database'
import { openContent, sealContent } from './draft_content'
import type { DraftJournal } from './draft_journal'
import type { Forms } from './forms'
import { orFull } from './full'
import type { Gate } from './gate'

/** What a move needs of the store that it is done in. */
export interface MovingStore {
  readonly database: Database
  readonly gate: Gate
  readonly forms: Forms
  readonly notes: DraftJournal
  readonly row: (id: string) => Promise<DraftRow>
}

/** In one write, and in the draft's own turn. */
export async function moveDraft(
  { database, gate, notes, row: find }: MovingStore,
  id: string,
  { from, to, revision }: DraftStep,
  content: DraftContent,
  noted: string | null,
): Promise<void> {
  const sealed = await sealContent(gate.open().drafts, id, content)
  const note = await notes.seal(id, noted)
  await orFull(() =>
    database.transaction('rw', database.drafts, database.draftJournal, async () => {
      const row = await find(id)
      if (row.version !== from.version || row.revision !== revision) throw new TabletError('draft.elsewhere')
      const { version } = to
      const aside = asideAfter(row, version)
      await database.drafts.put({ ...row, ...content.progress, version, revision: revision + 1, content: sealed, aside })
      await notes.add(id, note)
    }),
  )
}

export async function asideOf({ gate, forms, row: find }: MovingStore, id: string): Promise<readonly DraftAside[]> {
  const row = await find(id)
  const key = gate.open().drafts
  const describe = await forms.describer()
  const opened = (row.aside ?? []).map(async ({ version, content }) => {
    return { form: describe(row.form, version), content: await openContent(key, id, content) }
  })
  return (await Promise.all(opened)).reverse()
}

/** What stays aside when a draft goes to another version; what it said there before is taken up again. */
function asideAfter({ version, content, aside = [] }: DraftRow, to: string): readonly DraftAsideRow[] {
  return [...aside.filter((each) => each.version !== version && each.version !== to), { version, content }]
}
