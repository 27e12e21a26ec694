import type { Messages } from '../de'

export const passkey: Messages['passkey'] = {
  title: 'Finger or face',
  offer: 'Also protect with fingerprint or face',
  hint:
    'Then only both together open, and whoever copies the storage can try nothing out. If the finger is not recognised, the tablet’s screen lock counts.',
  demanded: 'The study also demands finger or face where the tablet can do it.',
  isOn: 'Set up: both together open.',
  add: 'Set up',
  addConfirm: 'Go on to finger or face',
  remove: 'Turn off again',
  removeConfirm: 'Turn off',
}
