/** The choices of a question, made when they are looked at: a list of thousands costs what is shown of it. */
import type { SelectNode } from './engine'
import { formText, mediaOf, type BigImages } from './text'
import type { Choice, FormMedia, FormText } from './model'

type Option = SelectNode['currentState']['valueOptions'][number]

class LazyChoice implements Choice {
  readonly value: string
  readonly #option: Option
  readonly #big: BigImages
  #label: FormText | null = null
  #media: FormMedia | null | undefined

  constructor(option: Option, big: BigImages) {
    this.value = option.value
    this.#option = option
    this.#big = big
  }

  get label(): FormText {
    return (this.#label ??= wordsOr(this.value, formText(this.#option.label)))
  }

  get media(): FormMedia | null {
    if (this.#media === undefined) this.#media = mediaOf(this.#option.label, this.#big)
    return this.#media
  }
}

/** The label of a choice; one that has no words is called by its value. */
function wordsOr(value: string, label: FormText): FormText {
  return label.plain === '' ? { plain: value, pieces: [{ kind: 'text', text: value }] } : label
}

/** Choices by the id of their question, the engine's options and the language; the same list as long as these stay. */
export type Choices = (id: string, options: readonly Option[], language: string) => readonly Choice[]

export function choicesOf(big: BigImages): Choices {
  const known = new Map<string, { options: readonly Option[]; language: string; choices: readonly Choice[] }>()
  return (id, options, language) => {
    const last = known.get(id)
    if (last?.options === options && last.language === language) return last.choices
    const choices = options.map((option) => new LazyChoice(option, big))
    known.set(id, { options, language, choices })
    return choices
  }
}
