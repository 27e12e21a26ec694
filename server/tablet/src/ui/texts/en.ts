/** What unlocking and home say in one language: loaded when the language is chosen. The rest comes with interviews. */
import { app } from '../messages/en/app'
import { drafts } from '../messages/en/drafts'
import { home } from '../messages/en/home'
import { lock } from '../messages/en/lock'
import { storage } from '../messages/en/storage'
import { sync } from '../messages/en/sync'
import { training } from '../messages/en/training'
import { unlock } from '../messages/en/unlock'
import { whereabouts } from '../messages/en/whereabouts'

export { en as errors } from '../errors/en'

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
