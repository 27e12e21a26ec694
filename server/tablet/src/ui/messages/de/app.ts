export const app = {
  name: 'Feldbuch',
  starting: 'Feldbuch wird geöffnet …',
  language: 'Sprache der App',
  close: 'Schließen',
  cancel: 'Abbrechen',
  undo: 'Rückgängig',
  whatToDo: 'Was hilft:',
  code: 'Kennung: {code}',
  opening: 'Der Fragebogen wird geöffnet …',
}
