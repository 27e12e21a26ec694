import type { Messages } from '../de'

export const drafts: Messages['drafts'] = {
  setAside: 'Set aside',
  again: 'Try again',
}
