import type { Messages } from '../de'

export const unlock: Messages['unlock'] = {
  title: 'Welcome back',
  pin: 'Your PIN',
  submit: 'Open',
  working: 'One moment …',
  wait: 'Please wait another {seconds} seconds.',
  forgotten: 'Forgotten the PIN? Finished interviews are not lost. Call the project office.',
  delete: 'Delete the last digit',
}
