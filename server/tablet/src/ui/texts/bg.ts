/** What unlocking and home say in one language: loaded when the language is chosen. The rest comes with interviews. */
import { app } from '../messages/bg/app'
import { drafts } from '../messages/bg/drafts'
import { home } from '../messages/bg/home'
import { lock } from '../messages/bg/lock'
import { storage } from '../messages/bg/storage'
import { sync } from '../messages/bg/sync'
import { training } from '../messages/bg/training'
import { unlock } from '../messages/bg/unlock'
import { whereabouts } from '../messages/bg/whereabouts'

export { bg as errors } from '../errors/bg'

export const messages = {
  app,
  drafts,
  home,
  lock,
  storage,
  sync,
  training,
  unlock,
  whereabouts,
}
