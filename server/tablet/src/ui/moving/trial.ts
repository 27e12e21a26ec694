/** What the form itself makes of the answers that are to move: a choice that its file does not offer any more it drops without a word. */
import type { OpenForm } from '../../form/open_form'
import type { DraftContent } from '../../services'
import { isAnswered } from '../../moving/fits'
import type { Outline } from '../../moving/outline'
import { byPlace, saidIn, type Answer, type Said } from '../../moving/said'
import { written } from '../../moving/written'

export interface Trial {
  readonly opened: OpenForm
  /** Answers that the form did not take, by place: they are left out whole, so that no half of one stands for it. */
  readonly refused: ReadonlyMap<string, Answer>
}

type Instance = Pick<DraftContent, 'instanceXml' | 'hidden'>

/**
 * Opens an instance, without what the form does not take. `consent` is the answer by which it was shown before, where
 * that is asked again: what a form hides it does not judge. Raises what `open` raises.
 */
export async function tried(
  open: (instance: Instance) => Promise<OpenForm>,
  instanceXml: string,
  outline: Outline,
  consent: Answer | null,
): Promise<Trial> {
  const shown = consent === null ? instanceXml : withAnswers(instanceXml, [[consent.place, consent.text]])
  const first = await open(instanceOf(shown, outline))
  const refused = refusedBy(saidIn({ instanceXml: shown, hidden: {} }, outline), saidIn(first.draft(), outline))
  if (consent !== null) refused.delete(consent.place)
  else if (refused.size === 0) return { opened: first, refused }
  const blank = [...refused.keys()].map((place) => [place, ''] as const)
  return { opened: await open(instanceOf(withAnswers(instanceXml, blank), outline)), refused }
}

function withAnswers(instanceXml: string, answers: readonly (readonly [string, string])[]): string {
  return written(instanceXml, { answers: new Map(answers), repeats: new Map() })
}

/** With every answer by reference, from which the form remembers those that it hides. */
function instanceOf(instanceXml: string, outline: Outline): Instance {
  const root = new DOMParser().parseFromString(instanceXml, 'text/xml').documentElement.nodeName
  const places = byPlace(saidIn({ instanceXml, hidden: {} }, outline))
  return { instanceXml, hidden: Object.fromEntries([...places].map(([place, { text }]) => [`/${root}/${place}`, text])) }
}

function refusedBy(given: Said, taken: Said): Map<string, Answer> {
  const after = byPlace(taken)
  const isTaken = (place: string, { question, text }: Answer): boolean => {
    const found = after.get(place)?.text
    if (found === undefined || question.choices === null) return found !== undefined
    const chosen = new Set(found.split(' '))
    return text.split(' ').every((value) => chosen.has(value))
  }
  return new Map([...byPlace(given)].filter(([place, answer]) => isAnswered(answer.question) && !isTaken(place, answer)))
}
