/** Romanian. */
import type { Messages } from '../de'
import { app } from './app'
import { barcode } from './barcode'
import { calendar } from './calendar'
import { card } from './card'
import { cases } from './cases'
import { consent } from './consent'
import { done } from './done'
import { ending } from './ending'
import { drafts } from './drafts'
import { drawing } from './drawing'
import { enrol } from './enrol'
import { file } from './file'
import { finish } from './finish'
import { handover } from './handover'
import { home } from './home'
import { interview } from './interview'
import { lock } from './lock'
import { moving } from './moving'
import { passkey } from './passkey'
import { photo } from './photo'
import { place } from './place'
import { question } from './question'
import { returned } from './returned'
import { roster } from './roster'
import { storage } from './storage'
import { sync } from './sync'
import { unlock } from './unlock'
import { whereabouts } from './whereabouts'
import { camera } from './camera'
import { video } from './video'
import { recording } from './recording'
import { settings } from './settings'
import { training } from './training'
import { install } from './install'

export const ro: Messages = {
  app,
  barcode,
  enrol,
  drafts,
  drawing,
  lock,
  moving,
  unlock,
  home,
  whereabouts,
  sync,
  handover,
  storage,
  interview,
  question,
  passkey,
  photo,
  place,
  file,
  returned,
  roster,
  calendar,
  finish,
  done,
  consent,
  card,
  cases,
  ending,
  camera,
  video,
  recording,
  settings,
  training,
  install,
}
