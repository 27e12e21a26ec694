import type { Messages } from '../de'

export const drafts: Messages['drafts'] = {
  setAside: 'Kenara ayrıldı',
  again: 'Yeniden dene',
}
