export const camera = {
  starting: 'Die Kamera wird geöffnet …',
  live: 'Bild der Kamera',
  again: 'Noch einmal versuchen',
  turn: 'Andere Kamera',
  light: 'Licht an',
  dark: 'Licht aus',
}
