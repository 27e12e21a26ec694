import type { Messages } from '../de'

export const unlock: Messages['unlock'] = {
  title: 'Tekrar hoş geldiniz',
  pin: 'PIN kodunuz',
  submit: 'Aç',
  working: 'Bir saniye …',
  wait: 'Lütfen {seconds} saniye daha bekleyin.',
  passkey: 'Sonra tablet parmak izi veya yüz ister.',
}
