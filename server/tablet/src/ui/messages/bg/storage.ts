import type { Messages } from '../de'

export const storage: Messages['storage'] = {
  title: 'Памет',
  left: 'Свободни {left} от {quota}',
  persisted: 'Браузърът пази данните.',
  notPersisted: 'Браузърът не обеща да запази данните.',
  ask: 'Попитай отново',
  low: 'Паметта намалява. Синхронизирайте скоро.',
}
