/** From a form or a draft to an interview that can be gone on with. */
import type { FormEngine } from '../../form/engine'
import { Recorder } from '../../paradata/recorder'
import { auditSettings } from '../../paradata/settings'
import { prefill } from '../../cases/prefill'
import type { CaseReference, FormVersion, LoadedForm, Tablet } from '../../services'
import { codeOf } from '../errors'
import { Session } from './session'

/** Begins an interview, in the language of the app if the form has it, or goes on with a draft under the form version that it was begun with. */
export async function openSession(
  tablet: Tablet,
  engine: FormEngine,
  task: { readonly form: FormVersion; readonly subject?: CaseReference } | { readonly draft: string },
  language: string,
): Promise<Session> {
  if ('form' in task) {
    const [{ device, interviewer }, loaded, isTraining] = await Promise.all([
      tablet.identity(),
      tablet.forms.load(task.form.version),
      tablet.isTraining(),
    ])
    const opened = await engine.open(loaded, { device, interviewer }, null, language)
    const session = new Session(tablet, opened, null, recorderOf(loaded, interviewer, []))
    session.isTraining = isTraining
    session.subject = task.subject ?? null
    if (task.subject !== undefined) prefill(opened, loaded.definition, task.subject.id)
    return session
  }
  const { device, interviewer } = await tablet.identity()
  const { summary, content } = await tablet.drafts.load(task.draft)
  const { version } = summary.form
  const loaded = await tablet.forms.load(version)
  const noted = await tablet.drafts.journal(task.draft)
  try {
    const opened = await engine.open(loaded, { device, interviewer }, { version, content })
    const session = new Session(tablet, opened, task.draft, recorderOf(loaded, interviewer, noted, content.returned != null), content.card ?? null, content.begun)
    session.isTraining = summary.isTraining === true
    session.subject = content.subject ?? null
    session.returned = content.returned ?? null
    // Made from a record and not opened before: how much of it is answered is known only now.
    if (session.returned !== null && content.progress.asked === 0) session.changed()
    return session
  } catch (error) {
    // The form itself opens, so it is this draft alone that somebody has to look at.
    if (codeOf(error) === 'draft.unreadable') await tablet.drafts.setAside(task.draft, 'draft.unreadable')
    throw error
  }
}

/** Only where the form asks for it. */
function recorderOf(form: LoadedForm, interviewer: string, noted: readonly string[], wasFinished = false): Recorder | null {
  const settings = auditSettings(form.definition)
  if (settings === null) return null
  const recorder = new Recorder(settings, interviewer)
  recorder.begin(noted, wasFinished)
  return recorder
}
