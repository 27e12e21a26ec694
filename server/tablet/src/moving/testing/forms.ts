/** Two versions of a form: a question, a choice and a wording have gone, a question has come, a number has become a text. */
import type { LoadedForm } from '../../services'
import first from './first.json'
import firstXform from './first.xml?raw'
import second from './second.json'
import secondXform from './second.xml?raw'

const known = { id: 'moving', title: { de: 'Umzug', bg: 'Преместване' }, languages: ['de', 'bg'] }

export const FIRST: LoadedForm = { ...known, version: 'v1', definition: first, xform: firstXform }
export const SECOND: LoadedForm = { ...known, version: 'v2', definition: second, xform: secondXform }
