export const storage = {
  title: 'Speicher',
  left: '{left} frei von {quota}',
  persistedNo:
    'Der Browser hat nicht zugesagt, die Daten zu behalten. Fügen Sie Feldbuch zum Startbildschirm hinzu (Menü, „App installieren“) und öffnen Sie es von dort.',
  persisted: 'Der Browser behält die Daten.',
  notPersisted: 'Der Browser hat nicht zugesagt, die Daten zu behalten.',
  ask: 'Noch einmal fragen',
  low: 'Der Speicher wird knapp. Gleichen Sie bald ab.',
  hours: 'Das reicht noch für etwa {hours} Stunden Aufnahme.',
  tight: 'Für eine Aufnahme von zwei Stunden reicht der Platz nicht mehr. Gleichen Sie ab, und löschen Sie Apps und Fotos, die Sie nicht brauchen.',
  offlineReady: 'Sie können jederzeit ohne Netz arbeiten.',
  offlineNotYet: 'Noch nicht bereit für die Arbeit ohne Netz. Lassen Sie die App mit Netz noch kurz offen.',
  updateWaits: 'Eine neue Ausgabe von Feldbuch ist da. Sie wird übernommen, sobald Sie sperren; Angefangenes bleibt.',
}
