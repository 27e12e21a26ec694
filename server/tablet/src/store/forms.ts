import { TabletError, type FormStore, type FormVersion, type LanguageMap, type LoadedForm } from '../services'
import { fromUtf8 } from './bytes'
import type { Database, FeedRow } from './database'
import { contentsOf, formBody, isForSite, type ContentReference, type FormBody } from './feed_bodies'

/** What is said of a file by its ending: the engine asks for the first three, the browser for the others. */
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  geojson: 'application/geo+json',
  xml: 'text/xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
  '3gp': 'video/3gpp',
}

/** Forms whose contents stay in memory. */
const READ_AT_MOST = 3

/** The forms of the feed whose contents lie here. */
export class Forms implements FormStore {
  /** Contents that were read, the latest last. A version never changes. */
  private readonly read = new Map<string, Promise<LoadedForm>>()

  constructor(private readonly database: Database) {}

  async current(): Promise<readonly FormVersion[]> {
    const present = new Set(await this.database.contents.toCollection().primaryKeys())
    const isPresent = ({ hash }: ContentReference): boolean => present.has(hash)
    const site = (await this.database.get('enrolled'))?.site.id
    const newest = new Map<string, FormBody>()
    const offered = new Map<string, boolean>()
    for (const form of await this.all()) {
      offered.set(form.id, isForSite(form, site))
      // A version counts only when its contents are here: without a network the one before it still serves.
      if (contentsOf(form).every(isPresent)) newest.set(form.id, form)
    }
    return [...newest.values()].filter(({ id }) => offered.get(id)).map(summary)
  }

  load(version: string): Promise<LoadedForm> {
    const known = this.read.get(version)
    if (known !== undefined) return known
    const reading = this.contents(version)
    reading.catch(() => this.read.delete(version))
    this.read.set(version, reading)
    for (const oldest of [...this.read.keys()].slice(0, -READ_AT_MOST)) this.read.delete(oldest)
    return reading
  }

  private async contents(version: string): Promise<LoadedForm> {
    const form = (await this.all()).find((each) => each.version === version)
    if (form === undefined) throw new TabletError('form.unknown', { version })
    const [definition, xform] = await this.database.contents.bulkGet([form.definition.hash, form.xform.hash])
    if (definition === undefined || xform === undefined) throw new TabletError('form.unknown', { version })
    return {
      ...summary(form),
      definition: JSON.parse(fromUtf8(definition.bytes)) as unknown,
      xform: fromUtf8(xform.bytes),
      file: (name) => this.file(form, name),
    }
  }

  private async file(form: FormBody, name: string): Promise<Blob | null> {
    const named = form.files.find((each) => each.name === name)
    const content = named === undefined ? undefined : await this.database.contents.get(named.hash)
    return content === undefined ? null : new Blob([content.bytes], { type: typeOf(name) })
  }

  /** What the lists show of versions; the form's id stands in for a title that the feed has not told. */
  async describer(): Promise<(id: string, version: string) => FormVersion> {
    const known = new Map((await this.all()).map((form) => [form.version, summary(form)]))
    return (id, version) => known.get(version) ?? { id, version, title: { und: id }, languages: [] }
  }

  private async all(): Promise<FormBody[]> {
    const rows = await this.database.feed.where('[chain+number]').between(['study', 0], ['study', Infinity]).toArray()
    return rows.filter((row: FeedRow) => row.kind === 'form').map((row) => formBody(row.body))
  }
}

/** The media type of a file by its ending; empty where it is none of those that forms use. */
export function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? ''
}

function summary(form: FormBody): FormVersion {
  const title: LanguageMap = form.title
  return { id: form.id, version: form.version, title, languages: form.languages }
}
