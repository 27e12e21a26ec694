export const photo = {
  take: 'Foto aufnehmen',
  choose: 'Bild auswählen',
  retake: 'Neu aufnehmen',
  remove: 'Foto entfernen',
  removeTitle: 'Dieses Foto entfernen?',
  removeYes: 'Ja, entfernen',
  working: 'Das Foto wird vorbereitet …',
  alt: 'Aufgenommenes Foto',
  stripped: 'Ohne Ortsangabe und Gerätedaten gespeichert.',
}
