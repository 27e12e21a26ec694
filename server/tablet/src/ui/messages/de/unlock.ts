export const unlock = {
  title: 'Willkommen zurück',
  pin: 'Ihre PIN',
  submit: 'Öffnen',
  working: 'Einen Moment …',
  wait: 'Bitte warten Sie noch {seconds} Sekunden.',
  forgotten: 'PIN vergessen? Abgeschlossene Interviews gehen nicht verloren. Rufen Sie die Projektleitung an.',
  delete: 'Letzte Ziffer löschen',
}
