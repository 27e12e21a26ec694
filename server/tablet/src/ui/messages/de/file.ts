export const file = {
  audio: 'Tonaufnahme auswählen',
  video: 'Video auswählen',
  file: 'Datei auswählen',
  replace: 'Andere auswählen',
  remove: 'Entfernen',
  removeTitle: 'Diese Datei entfernen?',
  attached: 'Angehängt: {size}',
}
