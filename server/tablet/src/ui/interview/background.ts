/** The recording of the whole interview, where the form asks for one: it belongs to no question that is shown. */
import type { Finished, OpenForm, Unasked } from '../../form/open_form'
import { withText } from '../../form/meta'
import type { RecordingService } from '../../recording/service'
import { backgroundIn, type Background } from '../../recording/settings'
import { isNamedFor } from './file_names'

/** What is to be recorded, and where it stands. */
export interface Whole extends Background {
  readonly place: Unasked
}

/** The recording that the form asks for, or null. */
export function wholeOf(form: OpenForm): Whole | null {
  const background = backgroundIn(form.form.definition)
  const place = background === null ? null : form.unasked(background.name)
  return background === null || place === null ? null : { ...background, place }
}

/** The name of the recording that is there already, or null. */
export async function recordedBackground(
  recorder: RecordingService,
  draft: string | null,
  { name }: Background,
): Promise<string | null> {
  if (draft === null) return null
  return (await recorder.answers(draft)).find((answer) => isNamedFor(name, answer)) ?? null
}

/** The finished instance with the recording in its place, which the engine has no answer for. */
export async function withBackground(
  finished: Finished,
  form: OpenForm,
  recorder: RecordingService | null | undefined,
  draft: string,
): Promise<Finished> {
  const whole = wholeOf(form)
  if (whole === null || recorder === null || recorder === undefined) return finished
  const name = whole.place.isRelevant() ? await recordedBackground(recorder, draft, whole) : null
  const instanceXml = name === null ? null : withText(finished.instanceXml, whole.place.reference, name)
  if (name === null || instanceXml === null) return finished
  return { instanceXml, attachmentNames: [...finished.attachmentNames, name] }
}
