export const passkey = {
  title: 'Finger oder Gesicht',
  offer: 'Zusätzlich mit Fingerabdruck oder Gesicht schützen',
  hint:
    'Dann öffnen nur beide zusammen, und wer den Speicher kopiert, kann nichts durchprobieren. Gelingt der Finger nicht, gilt die Bildschirmsperre des Tablets.',
  demanded: 'Die Studie verlangt zusätzlich Finger oder Gesicht, wo das Tablet es kann.',
  isOn: 'Ist eingerichtet: Beides zusammen öffnet.',
  add: 'Einrichten',
  addConfirm: 'Weiter zu Finger oder Gesicht',
  remove: 'Wieder ausschalten',
  removeConfirm: 'Ausschalten',
}
