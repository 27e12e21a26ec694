export const storage = {
  title: 'Speicher',
  left: '{left} frei von {quota}',
  persisted: 'Der Browser behält die Daten.',
  notPersisted: 'Der Browser hat nicht zugesagt, die Daten zu behalten.',
  ask: 'Noch einmal fragen',
  low: 'Der Speicher wird knapp. Gleichen Sie bald ab.',
}
