import type { Messages } from '../de'

export const drafts: Messages['drafts'] = {
  setAside: 'Оставено настрана',
  again: 'Опитай отново',
}
