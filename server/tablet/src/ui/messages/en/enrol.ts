import type { Messages } from '../de'

export const enrol: Messages['enrol'] = {
  title: 'Enrol this tablet',
  lead: 'The tablet then belongs to a study. From then on it works without a network.',
  study: 'Study',
  site: 'Place',
  interviewer: 'Interviewer',
  central: 'Central',
  check: 'If this is not right, stop here and ask the project office.',
  pin: 'New PIN',
  pinHint: 'At least 6 digits. You need it every time you open the app.',
  pinRepeat: 'PIN once more',
  pinShort: 'The PIN does not have 6 digits yet.',
  pinDigits: 'A PIN has digits only.',
  pinSimple: 'This PIN is too easy to guess. Mix the digits.',
  pinDiffers: 'The two PINs differ.',
  submit: 'Enrol tablet',
  working: 'The tablet makes its keys and enrols. This takes a moment …',
  done: 'The tablet is enrolled.',
  persistedYes: 'The browser has promised not to delete the data of this tablet.',
  persistedNo:
    'The browser has not promised to keep the data. Add Feldbuch to the home screen (menu, “Install app”) and open it from there.',
  begin: 'Go to the start page',
  noLinkTitle: 'This tablet is not enrolled yet',
  noLink: 'Open the enrolment link from your project office on this tablet. Or paste it here:',
  link: 'Enrolment link',
  useLink: 'Check link',
}
