import type { Messages } from '../de'

export const storage: Messages['storage'] = {
  title: 'Storage',
  left: '{left} free of {quota}',
  persistedNo:
    'The browser has not promised to keep the data. Add Feldbuch to the home screen (menu, “Install app”) and open it from there.',
  persisted: 'The browser keeps the data.',
  notPersisted: 'The browser has not promised to keep the data.',
  ask: 'Ask again',
  low: 'Storage is running low. Sync soon.',
  hours: 'That is room for about {hours} more hours of recording.',
  tight: 'There is not enough room for a recording of two hours. Synchronise, and delete apps and photos that you do not need.',
  offlineReady: 'You can work without a network at any time.',
  offlineNotYet: 'Not yet ready to work without a network. Leave the app open with a network for a moment.',
  updateWaits: 'A new version of Feldbuch is here. It is taken over as soon as you lock; what you have begun stays.',
}
