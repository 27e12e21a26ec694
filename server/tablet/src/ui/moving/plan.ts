/** A move of a draft to another version of its form, worked out before anything of it is done. */
import { consentOf } from '../../form/consent'
import type { FormEngine } from '../../form/engine'
import { withHidden } from '../../form/hidden'
import { metaText, withMeta } from '../../form/meta'
import type { OpenForm } from '../../form/open_form'
import { auditSettings } from '../../paradata/settings'
import { noteOfMove } from '../../paradata/moved'
import { backgroundIn } from '../../recording/settings'
import type { DraftContent, DraftStep, FormVersion, LoadedForm, Tablet } from '../../services'
import { AskedConsent } from '../interview/asked_consent'
import { recordedBackground } from '../interview/background'
import { tried } from './trial'
import { carried, type Carried, type Lost } from '../../moving/carry'
import { outlineOf, type Asked, type Outline } from '../../moving/outline'
import { byPlace, saidIn, type Answer, type Said } from '../../moving/said'
import { written } from '../../moving/written'

export interface Plan extends DraftStep {
  /** The language that the interview is led in. */
  readonly language: string
  readonly stays: number
  /** Answers that only the other version has a place for, and that were given when the draft was under it. */
  readonly returns: number
  readonly lost: readonly Lost[]
  readonly asked: readonly Asked[]
  /** Whether the respondent has to be asked for consent under the other version. */
  readonly asksConsent: boolean
  /** The form as the draft is under it now. */
  readonly outline: Outline
  /** What the draft says afterwards. */
  readonly content: DraftContent
  /** For the journal, where one of the versions asks for one. */
  readonly noted: string | null
}

/** By these an instance is known, whatever version it is under. */
const NAMES = ['instanceID', 'deprecatedID'] as const

/**
 * Works out what becomes of a draft under another version. Raises what the stores and `FormEngine.open` raise; nothing
 * has changed then, nor has it afterwards, before `DraftStore.move` is called with what is found here.
 */
export async function planMove(tablet: Tablet, engine: FormEngine, draft: string, to: FormVersion): Promise<Plan> {
  const { summary, content, revision } = await tablet.drafts.load(draft)
  const [old, next] = [await tablet.forms.load(summary.form.version), await tablet.forms.load(to.version)]
  const before = (await tablet.drafts.aside(draft)).find(({ form }) => form.version === to.version)
  const metadata = await tablet.identity()
  const [from, outline] = [outlineOf(old.definition), outlineOf(next.definition)]
  const said = saidIn(content, from)
  const base = before === undefined ? null : saidIn(before.content, outline)
  const found = carried({ outline: from, said }, { outline, said: base })
  const ground =
    before === undefined
      ? namedAs(content.instanceXml, (await engine.open(next, metadata, null, content.language)).draft().instanceXml)
      : withHidden(before.content.instanceXml, before.content.hidden)
  const instanceXml = written(ground, found)
  const open = (instance: Pick<DraftContent, 'instanceXml' | 'hidden'>): Promise<OpenForm> =>
    engine.open(next, metadata, { version: next.version, content: { ...content, ...instance } })
  const { opened, refused } = await tried(open, instanceXml, outline, consentBefore(next, found, said))
  const after = { ...content, ...opened.draft(), mayLeave: new AskedConsent(opened).mayLeave }
  const mustAsk = asksConsent(opened, old, said)
  const known = byPlace(said)
  const dropped = [...refused].map(([place, answer]): Lost => ({ ...(known.get(place) ?? answer), place, reason: 'choice' }))
  const stays = found.stays - dropped.length
  return {
    from: summary.form,
    to,
    revision,
    language: content.language,
    stays,
    returns: found.returns,
    lost: [...found.lost, ...dropped, ...(await wholeRecording(tablet, draft, old, next))],
    asked: found.asked,
    asksConsent: mustAsk,
    outline: from,
    content: mustAsk ? { ...after, progress: hiddenProgress(stays, content.progress.asked) } : after,
    noted: await noteOf(tablet, draft, old, next),
  }
}

/** Until consent is given nothing is shown, and so the form counts nothing: what stays is told all the same. */
function hiddenProgress(answered: number, asked: number): DraftContent['progress'] {
  return { answered, asked: Math.max(answered, asked) }
}

function namedAs(known: string, fresh: string): string {
  return NAMES.reduce((xml, name) => {
    const text = metaText(known, name)
    return text === null || text === '' ? xml : withMeta(xml, name, text)
  }, fresh)
}

/** The answer to the question of consent, where it stays behind because the words have changed. */
function consentBefore({ definition }: LoadedForm, { lost }: Carried, { answers }: Said): Answer | null {
  const path = consentOf(definition)?.reference.split('/').slice(2).join('/')
  const isLost = lost.some(({ place, reason }) => place === path && reason === 'consent')
  return path !== undefined && isLost ? (answers.get(path) ?? null) : null
}

/** The recording of the whole interview, where the other version asks for none or calls it otherwise. */
async function wholeRecording(tablet: Tablet, draft: string, old: LoadedForm, next: LoadedForm): Promise<readonly Lost[]> {
  const whole = backgroundIn(old.definition)
  if (whole === null || tablet.recorder === null || backgroundIn(next.definition)?.name === whole.name) return []
  const text = await recordedBackground(tablet.recorder, draft, whole)
  const question = [...outlineOf(old.definition).questions.values()].find(({ name }) => name === whole.name)
  return text === null || question === undefined ? [] : [{ place: question.path, question, text, reason: 'question' }]
}

/** Whether somebody who has answered, or was never asked, is asked for consent now. */
function asksConsent(opened: OpenForm, old: LoadedForm, said: Said): boolean {
  const asked = new AskedConsent(opened)
  if (asked.marked === null || asked.question?.answered === true) return false
  const before = consentOf(old.definition)?.reference.split('/').slice(2).join('/')
  return before === undefined || (said.answers.get(before)?.text ?? '') !== ''
}

async function noteOf(tablet: Tablet, draft: string, old: LoadedForm, next: LoadedForm): Promise<string | null> {
  if (auditSettings(old.definition) === null && auditSettings(next.definition) === null) return null
  return noteOfMove(await tablet.drafts.journal(draft), old.version, next.version, Date.now())
}
