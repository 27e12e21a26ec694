export const video = {
  take: 'Video aufnehmen',
  start: 'Aufnahme beginnen',
  stop: 'Aufnahme beenden',
  use: 'Video verwenden',
  hint: 'Höchstens {limit} Minuten.',
  running: 'Aufnahme läuft: {time} von {limit}, {size}',
  done: '{time}, {size}',
  working: 'Das Video wird gespeichert …',
}
