export const photo = {
  take: 'Foto aufnehmen',
  choose: 'Bild auswählen',
  retake: 'Neu aufnehmen',
  use: 'Foto verwenden',
  shutter: 'Auslösen',
  remove: 'Foto entfernen',
  working: 'Das Foto wird vorbereitet …',
  alt: 'Aufgenommenes Foto',
  stripped: 'Ohne Ortsangabe und Gerätedaten gespeichert.',
}
