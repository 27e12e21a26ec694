/**
 * The one door to the form engine: no other file imports it.
 *
 * It is loaded when the first form is opened, so that the home screen does not pay for it, and a loaded form stays in
 * memory, so that a second interview only pays for its instance.
 */
import { shallowReactive } from 'vue'
import type {
  AnyLeafNode,
  FormInstanceConfig,
  GroupNode,
  LoadForm,
  LoadFormSuccessResult,
  LoadFormWarningResult,
  RepeatInstanceNode,
  RepeatRangeNode,
  RootNode,
} from '@getodk/xforms-engine'
import { TabletError, type DraftContent, type LoadedForm } from '../services'
import { OpenForm } from './open_form'
import { countingNames } from './counted'
import { withoutDefaultEntries } from './default_entries'
import { Memory, clearDefaultEntries, withHidden } from './hidden'
import { beginningIn } from './languages'
import { bigImages, fileName, withTextsApart, type BigImages } from './text'

export type {
  AnyLeafNode,
  GroupNode,
  RepeatInstanceNode,
  RepeatRangeNode,
  RootNode,
  SelectNode,
  TextRange,
  MarkdownNode,
} from '@getodk/xforms-engine'

/** Any node of a form; the engine's own union leans on a package that it does not ship. */
export type AnyNode = RootNode | GroupNode | RepeatRangeNode | RepeatInstanceNode | AnyLeafNode

type Instantiable = LoadFormSuccessResult | LoadFormWarningResult

/** What the XForm says that the engine does not tell. */
export interface Asides {
  readonly bigImages: BigImages
  /** Names of the questions that a repeat is counted by. */
  readonly counting: ReadonlySet<string>
}

interface Loaded extends Asides {
  readonly form: Instantiable
}

/** Who and what an instance carries where its form asks for it (`deviceid`, `username`). */
export interface Metadata {
  readonly device: string
  readonly interviewer: string
}

/** A draft to go on with. `version` is the form version that it was begun with. */
export interface Resumed {
  readonly version: string
  readonly content: DraftContent
}

/** Name of the placeholder that stands for "no attachment" (see `OpenForm.detach`). */
export const NO_ATTACHMENT = 'feldbuch-no-attachment'

/** Hands over the engine's entry; replaced in tests where the engine has to be told its surroundings. */
export type EngineLoader = () => Promise<{ readonly loadForm: LoadForm }>

export class FormEngine {
  readonly #load: EngineLoader
  readonly #forms = new Map<string, Promise<Loaded>>()

  constructor(load: EngineLoader = () => import('@getodk/xforms-engine')) {
    this.#load = load
  }

  /** Fetches and starts the engine, so that whoever opens a form later need not wait for that. */
  async warm(): Promise<void> {
    await this.#load()
  }

  /**
   * Opens a form for a new interview, in `language` if it has that, or with the draft of one.
   *
   * Raises `form.unreadable` when the engine cannot load the form, `draft.version` when the draft belongs to another
   * version of it, and `draft.unreadable` when the draft cannot be restored.
   */
  async open(form: LoadedForm, metadata: Metadata, resumed: Resumed | null = null, language?: string): Promise<OpenForm> {
    if (resumed !== null && resumed.version !== form.version) throw new TabletError('draft.version')
    const loaded = await this.#loaded(form, resumed?.content.language ?? language)
    const config = instanceConfig(metadata)
    if (resumed === null) {
      const { root } = loaded.form.createInstance(config)
      clearDefaultEntries(root)
      const opened = new OpenForm(form, root, new Memory(), null, loaded)
      if (language !== undefined) opened.setLanguage(language)
      return opened
    }
    const root = await restore(loaded.form, resumed.content, config)
    const memory = new Memory()
    memory.learn(root, resumed.content.hidden)
    return new OpenForm(form, root, memory, resumed.content, loaded)
  }

  #loaded(form: LoadedForm, language: string | undefined): Promise<Loaded> {
    const known = this.#forms.get(form.version)
    if (known !== undefined) return known
    const loading = this.#loadForm(form, language).catch((error: unknown) => {
      this.#forms.delete(form.version)
      throw error
    })
    this.#forms.set(form.version, loading)
    return loading
  }

  async #loadForm({ file, xform }: LoadedForm, language: string | undefined): Promise<Loaded> {
    const { loadForm } = await this.#load()
    const shown = withTextsApart(withoutDefaultEntries(xform))
    const result = await loadForm(language === undefined ? shown : beginningIn(shown, language), {
      // A list that is not there is empty: the form opens all the same, and says that nothing is found.
      missingResourceBehavior: 'BLANK',
      fetchFormAttachment: async (url: URL) => {
        const found = (await file?.(fileName(url))) ?? null
        return found === null ? new Response(null, { status: 404 }) : new Response(found)
      },
    })
    if (result.status === 'failure') throw new TabletError('form.unreadable', { reason: result.error.message })
    return { form: result, bigImages: bigImages(xform), counting: countingNames(xform) }
  }
}

function instanceConfig(metadata: Metadata): FormInstanceConfig {
  return {
    stateFactory: shallowReactive,
    preloadProperties: { deviceID: metadata.device, username: metadata.interviewer },
    instanceAttachments: {
      fileNameFactory: ({ basename, extension }) => (basename === NO_ATTACHMENT ? '' : basename + (extension ?? '')),
    },
  }
}

async function restore(loaded: Instantiable, content: DraftContent, config: FormInstanceConfig): Promise<RootNode> {
  try {
    const data = new FormData()
    const xml = withHidden(content.instanceXml, content.hidden)
    data.set('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }))
    type Data = Parameters<Instantiable['restoreInstance']>[0]['data'][0]
    const { root } = await loaded.restoreInstance({ data: [data as Data] }, config)
    return root
  } catch {
    throw new TabletError('draft.unreadable')
  }
}
