import type { Messages } from '../de'

export const done: Messages['done'] = {
  next: 'Ще бъде предадено веднага щом има връзка с полеви компютър или с централата. Не е нужно да правите нищо повече.',
  home: 'Към началната страница',
}
