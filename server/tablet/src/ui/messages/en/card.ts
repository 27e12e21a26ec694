import type { Messages } from '../de'

export const card: Messages['card'] = {
  open: 'Card for the respondent',
  show: 'This card is for the respondent: let them take a photo of it or copy it down.',
  explain:
    'With this code you can ask questions later, withdraw your consent, or have your answers erased. Your name is not in it.',
  qr: 'The code as a QR code',
  large: 'Show large',
  print: 'Print',
}
