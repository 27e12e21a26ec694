export const file = {
  audio: 'Tonaufnahme auswählen',
  video: 'Video auswählen',
  file: 'Datei auswählen',
  replace: 'Andere auswählen',
  remove: 'Entfernen',
  removed: 'Entfernt.',
  attached: 'Angehängt: {size}',
}
