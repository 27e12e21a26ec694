import type { Messages } from '../de'

export const drafts: Messages['drafts'] = {
  setAside: 'Pus deoparte',
  again: 'Încercați din nou',
}
