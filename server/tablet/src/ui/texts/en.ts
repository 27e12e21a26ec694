/** What the app says outside of interviews in one language: loaded when the language is chosen. */
import { app } from '../messages/en/app'
import { done } from '../messages/en/done'
import { drafts } from '../messages/en/drafts'
import { enrol } from '../messages/en/enrol'
import { handover } from '../messages/en/handover'
import { home } from '../messages/en/home'
import { install } from '../messages/en/install'
import { lock } from '../messages/en/lock'
import { settings } from '../messages/en/settings'
import { storage } from '../messages/en/storage'
import { sync } from '../messages/en/sync'
import { training } from '../messages/en/training'
import { unlock } from '../messages/en/unlock'
import { whereabouts } from '../messages/en/whereabouts'

export { en as errors } from '../errors/en'

export const messages = {
  app,
  done,
  drafts,
  enrol,
  handover,
  home,
  install,
  lock,
  settings,
  storage,
  sync,
  training,
  unlock,
  whereabouts,
}
