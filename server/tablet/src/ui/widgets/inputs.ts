/** Which input a question gets: by its kind, and where the form asks for a look of its own, by an appearance. */
import { defineAsyncComponent, type Component } from 'vue'
import type { Question, QuestionKind } from '../../form/model'
import AcknowledgeAnswer from './AcknowledgeAnswer.vue'
import ChoiceAnswer from './ChoiceAnswer.vue'
import ImageMapAnswer from './choices/ImageMapAnswer.vue'
import LikertAnswer from './choices/LikertAnswer.vue'
import SheetAnswer from './choices/SheetAnswer.vue'
import FileAnswer from './FileAnswer.vue'
import BearingAnswer from './numbers/BearingAnswer.vue'
import DateAnswer from './dates/DateAnswer.vue'
import MomentAnswer from './dates/MomentAnswer.vue'
import TimeAnswer from './dates/TimeAnswer.vue'
import NumberAnswer from './NumberAnswer.vue'
import PhotoAnswer from './PhotoAnswer.vue'
import RangeAnswer from './RangeAnswer.vue'
import RankAnswer from './RankAnswer.vue'
import ReadonlyAnswer from './ReadonlyAnswer.vue'
import TextAnswer from './TextAnswer.vue'
import UnrenderedAnswer from './UnrenderedAnswer.vue'

// What few forms ask for is loaded when one does.
const AudioAnswer = defineAsyncComponent(() => import('./AudioAnswer.vue'))
const BarcodeAnswer = defineAsyncComponent(() => import('./barcode/BarcodeAnswer.vue'))
const DrawnAnswer = defineAsyncComponent(() => import('./drawing/DrawnAnswer.vue'))
const LineAnswer = defineAsyncComponent(() => import('./places/LineAnswer.vue'))
const PointAnswer = defineAsyncComponent(() => import('./places/PointAnswer.vue'))
const VideoAnswer = defineAsyncComponent(() => import('./VideoAnswer.vue'))

const BY_KIND: Readonly<Record<QuestionKind, Component>> = {
  text: TextAnswer,
  barcode: BarcodeAnswer,
  integer: NumberAnswer,
  decimal: NumberAnswer,
  date: DateAnswer,
  time: TimeAnswer,
  datetime: MomentAnswer,
  one: ChoiceAnswer,
  many: ChoiceAnswer,
  rank: RankAnswer,
  range: RangeAnswer,
  acknowledge: AcknowledgeAnswer,
  photo: PhotoAnswer,
  audio: AudioAnswer,
  video: VideoAnswer,
  file: FileAnswer,
  geopoint: PointAnswer,
  geotrace: LineAnswer,
  geoshape: LineAnswer,
  // A note takes no answer; `QuestionCard` shows it without an input.
  note: UnrenderedAnswer,
  unrendered: UnrenderedAnswer,
}

/** Inputs for an appearance, looked at before the kind, the first that fits. */
const BY_APPEARANCE: readonly { kind: QuestionKind; appearance: string; input: Component }[] = [
  ...['draw', 'annotate', 'signature'].map((appearance) => ({ kind: 'photo' as const, appearance, input: DrawnAnswer })),
  ...(['one', 'many'] as const).flatMap((kind) => [
    { kind, appearance: 'image-map', input: ImageMapAnswer },
    { kind, appearance: 'minimal', input: SheetAnswer },
    { kind, appearance: 'likert', input: LikertAnswer },
    { kind, appearance: 'list', input: LikertAnswer },
    { kind, appearance: 'list-nolabel', input: LikertAnswer },
  ]),
  { kind: 'decimal', appearance: 'bearing', input: BearingAnswer },
]

/** Kinds whose answer can be said in words, where it is only to be read. */
const IN_WORDS: ReadonlySet<QuestionKind> = new Set([
  'text',
  'barcode',
  'integer',
  'decimal',
  'date',
  'time',
  'datetime',
  'one',
  'many',
  'rank',
  'range',
  'acknowledge',
])

/** The component that takes the answer to `question`; it is given `question` and `aria`. */
export function inputFor(question: Question): Component {
  const fits = ({ kind, appearance }: (typeof BY_APPEARANCE)[number]): boolean =>
    kind === question.kind && question.appearances.has(appearance)
  if (question.readonly && IN_WORDS.has(question.kind)) return ReadonlyAnswer
  return BY_APPEARANCE.find(fits)?.input ?? BY_KIND[question.kind]
}
