export const consent = {
  language: 'In welcher Sprache sprechen wir?',
  readAloud: 'Vorlesen',
  stopReading: 'Vorlesen beenden',
  needed: 'Bitte fragen Sie zuerst nach der Einwilligung. Ohne Antwort geht es nicht weiter.',
  thanks: 'Vielen Dank. Wir respektieren Ihre Entscheidung und stellen keine weiteren Fragen.',
  onlyRefusal: 'Festgehalten wird nur, dass abgelehnt wurde. Alles andere wird gelöscht.',
  refuse: 'Ablehnung festhalten',
  slip: 'Zurück, das war ein Versehen',
}
