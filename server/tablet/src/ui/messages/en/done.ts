import type { Messages } from '../de'

export const done: Messages['done'] = {
  next: 'It is handed over as soon as a field node or central can be reached. There is nothing more to do.',
  home: 'Go to the start page',
}
