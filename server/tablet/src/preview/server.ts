/** What the process behind the preview tells, as it tells it. */
import type { LanguageMap, LoadedForm } from '../services'
import { typeOf } from '../store/forms'

export interface Finding {
  readonly severity: 'error' | 'gate' | 'warning' | 'note'
  readonly code: string
  /** A JSON pointer into the form, or a cell of a spreadsheet. */
  readonly place: string
  /** Name of the question at the place, or null. */
  readonly item?: string | null
  /** By language of the texts: English and German. */
  readonly texts: Readonly<Record<string, { readonly reason: string; readonly remedy: string }>>
}

/** What the page around the tablet shows. */
export interface State {
  /** Counts the readings of the file. */
  readonly number: number
  readonly file: string
  /** Whether there is a form to show. */
  readonly shown: boolean
  /** Whether the reading failed for a reason that is no fault of the form. */
  readonly broke: boolean
  readonly id: string | null
  readonly title: LanguageMap
  readonly findings: readonly Finding[]
}

export interface ShownForm {
  readonly form: LoadedForm
  /** The language to begin with. */
  readonly language: string
}

export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A finished record as it would be exported. */
export interface Answers {
  readonly tables: readonly Table[]
  readonly leftovers: readonly { readonly path: string; readonly text: string }[]
  readonly findings: readonly Finding[]
}

async function asked(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`/api/${path}`, { cache: 'no-store', ...init })
  if (!response.ok) throw new Error(`the preview answered ${response.status}`)
  return response.json()
}

/** The state, as soon as it is another one than `seen`; the process answers with the same after a while. */
export async function stateAfter(seen: number, signal: AbortSignal): Promise<State> {
  return (await asked(`state?seen=${seen}`, { signal })) as State
}

export async function currentForm(): Promise<ShownForm> {
  type Told = Omit<LoadedForm, 'version' | 'definition' | 'file'> & { readonly number: number; readonly language: string }
  const { number, language, ...form } = (await asked('form')) as Told
  return { form: { ...form, version: String(number), definition: null, file: fileBeside }, language }
}

export async function answersIn(instanceXml: string): Promise<Answers> {
  return (await asked('answers', { method: 'POST', body: instanceXml })) as Answers
}

/** A file that lies beside the form's, or null. */
async function fileBeside(name: string): Promise<Blob | null> {
  const response = await fetch(`/api/files/${encodeURIComponent(name)}`, { cache: 'no-store' })
  return response.status === 200 ? new Blob([await response.arrayBuffer()], { type: typeOf(name) }) : null
}

/** What the page tells the frame: another reading, to begin anew, another language of the interface, where to go. */
export type Word =
  | { readonly word: 'form' }
  | { readonly word: 'again' }
  | { readonly word: 'interface'; readonly language: string }
  | { readonly word: 'question'; readonly name: string }
