import type { Messages } from '../de'

export const unlock: Messages['unlock'] = {
  title: 'Welcome back',
  pin: 'Your PIN',
  submit: 'Open',
  working: 'One moment …',
  wait: 'Please wait another {seconds} seconds.',
  passkey: 'The tablet then asks for your finger or face.',
}
