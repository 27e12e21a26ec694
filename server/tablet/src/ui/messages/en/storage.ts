import type { Messages } from '../de'

export const storage: Messages['storage'] = {
  title: 'Storage',
  left: '{left} free of {quota}',
  persisted: 'The browser keeps the data.',
  notPersisted: 'The browser has not promised to keep the data.',
  ask: 'Ask again',
  low: 'Storage is running low. Sync soon.',
}
