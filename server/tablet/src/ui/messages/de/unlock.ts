export const unlock = {
  title: 'Willkommen zurück',
  pin: 'Ihre PIN',
  submit: 'Öffnen',
  working: 'Einen Moment …',
  wait: 'Bitte warten Sie noch {seconds} Sekunden.',
  passkey: 'Danach fragt das Tablet nach Finger oder Gesicht.',
}
