/**
 * A form as the screens see it: plain values that Vue follows, and nothing of the engine.
 *
 * Every getter reads the engine's state lazily, so a component that reads `question.label` is rendered again when the
 * label changes, by another answer or by another language.
 */

/** How a question is answered. `unrendered`: the app has no input for it yet and says so. */
export type QuestionKind =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'time'
  | 'datetime'
  | 'one'
  | 'many'
  | 'rank'
  | 'range'
  | 'acknowledge'
  | 'photo'
  | 'audio'
  | 'video'
  | 'file'
  | 'barcode'
  | 'geopoint'
  | 'geotrace'
  | 'geoshape'
  | 'note'
  | 'unrendered'

/** A piece of formatted text. Only `text` holds words; unknown markup has been reduced to it. */
export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'element'; readonly name: string; readonly pieces: readonly TextPiece[] }

export interface FormText {
  readonly plain: string
  readonly pieces: readonly TextPiece[]
}

/** Names of files of the form that belong to a label: a picture, a sound, a film. */
export interface FormMedia {
  readonly image: string | null
  readonly audio: string | null
  readonly video: string | null
  /** The same picture larger, shown on request. */
  readonly big?: string | null
}

export interface Choice {
  readonly value: string
  readonly label: FormText
  readonly media: FormMedia | null
}

/** How a form is cut: a group at a time, or question by question, as its style `pages` says. */
export type Layout = 'sections' | 'pages'

/** Why an answer cannot stand. `message` is the form's own, in its language, or null where the form has none. */
export interface Problem {
  readonly condition: 'required' | 'constraint'
  readonly message: string | null
}

/** The reasons that may be given instead of an answer, as the form words them. */
export interface Missing {
  readonly label: FormText | null
  readonly reasons: readonly Choice[]
  /** Value of the reason that was given, or null. */
  readonly chosen: string | null
}

export interface RangeBounds {
  readonly min: number
  readonly max: number
  readonly step: number
}

/** What stands at a scale besides its ends. */
export interface Ticks {
  /** How far marks lie apart, or null where the form leaves it open. */
  readonly interval: number | null
  /** Words at marks, by the value that they stand at. */
  readonly labels: readonly { readonly value: number; readonly text: string }[]
  /** Where a hand may begin to look; no answer. */
  readonly placeholder: number | null
}

interface Item {
  /** Unique in the open form and unchanged while it is open. */
  readonly key: string
  /** Path with the position of each repeat, such as `/data/member[2]/age`. */
  readonly reference: string
  /** Last step of the path. */
  readonly name: string
  readonly label: FormText | null
  readonly relevant: boolean
}

export interface Question extends Item {
  readonly item: 'question'
  readonly kind: QuestionKind
  readonly media: FormMedia | null
  readonly hint: FormText | null
  /** What the interviewer may read up on the question. */
  readonly guidance: FormText | null
  readonly required: boolean
  readonly readonly: boolean
  readonly answered: boolean
  /** The reasons that may be given instead, or null where the form offers none. */
  readonly missing: Missing | null
  /** Whether there is nothing more to ask: an answer, or a reason why there is none. */
  readonly settled: boolean
  /** The answer as it stands in the instance; for an attachment its file name. */
  readonly text: string
  /** Chosen values of `one`, `many` and `rank`. */
  readonly selected: readonly string[]
  readonly choices: readonly Choice[]
  readonly bounds: RangeBounds | null
  readonly ticks: Ticks | null
  /** Lines of a box for words, where the form sets them. */
  readonly rows: number | null
  readonly problem: Problem | null
  readonly appearances: ReadonlySet<string>
  /** What the engine calls the type, to name it where it is not rendered. */
  readonly type: string
  /** Largest side of a photo in pixels, where the form sets one. */
  readonly maxPixels: number | null
  /** Accuracies of a place in metres where the form sets them: from which it is taken by itself, and doubted. */
  readonly accuracy: { readonly takenAt: number | null; readonly doubtedFrom: number | null } | null
}

export interface Group extends Item {
  readonly item: 'group'
  readonly media: FormMedia | null
  readonly appearances: ReadonlySet<string>
  readonly children: readonly FormItem[]
}

/** One round of a repeat: a household member, a trip. */
export interface Entry extends Item {
  readonly item: 'entry'
  readonly appearances: ReadonlySet<string>
  readonly children: readonly FormItem[]
}

/** A repeat. */
export interface Roster extends Item {
  readonly item: 'roster'
  readonly media: FormMedia | null
  readonly appearances: ReadonlySet<string>
  readonly entries: readonly Entry[]
  /** False where the form itself decides how many there are. */
  readonly open: boolean
}

export type FormItem = Question | Group | Roster

export interface Counts {
  readonly asked: number
  readonly answered: number
  /** Questions whose answer is missing or cannot stand. */
  readonly problems: number
}

/** What is shown at once: a group, a repeat, or the questions between two groups. */
export interface Section extends Item {
  readonly media: FormMedia | null
  /** What the contents call it: its label, else that of its first question. */
  readonly title: FormText | null
  readonly items: readonly FormItem[]
}

export interface FormLanguage {
  /** Language tag, such as `bg`. */
  readonly tag: string
  /** Its name as the form writes it, without the tag. */
  readonly name: string
}
