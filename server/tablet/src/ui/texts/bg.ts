/** What the app says outside of interviews in one language: loaded when the language is chosen. */
import { app } from '../messages/bg/app'
import { drafts } from '../messages/bg/drafts'
import { handover } from '../messages/bg/handover'
import { home } from '../messages/bg/home'
import { lock } from '../messages/bg/lock'
import { settings } from '../messages/bg/settings'
import { storage } from '../messages/bg/storage'
import { sync } from '../messages/bg/sync'
import { training } from '../messages/bg/training'
import { unlock } from '../messages/bg/unlock'
import { whereabouts } from '../messages/bg/whereabouts'

export { bg as errors } from '../errors/bg'

export const messages = {
  app,
  drafts,
  handover,
  home,
  lock,
  settings,
  storage,
  sync,
  training,
  unlock,
  whereabouts,
}
