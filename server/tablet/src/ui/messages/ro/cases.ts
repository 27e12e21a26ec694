export const cases = {
  title: 'Cazurile mele',
  count: '{count} caz | {count} cazuri',
  countOverdue: '{count} întârziat | {count} întârziate',
  none: 'În acest moment nu vă este repartizat niciun caz.',
  search: 'Căutați un caz',
  noneFound: 'Niciun caz nu se potrivește cu „{text}”.',
  more: 'Arătați încă {count} caz | Arătați încă {count} cazuri',
  overdue: 'Întârziat: termenul a fost {day}',
  today: 'Termenul este astăzi',
  due: 'Termen: {day}',
  done: '{count} interviu încheiat pe această tabletă | {count} interviuri încheiate pe această tabletă',
  begin: 'Începeți: {form}',
  beginTraining: 'Începeți exercițiul: {form}',
  resume: 'Continuați: {form}',
  lacking: 'Chestionarul „{form}” nu este încă pe această tabletă. Când aveți rețea, atingeți „Sincronizați acum”.',
  unreadable:
    'Lista cazurilor dumneavoastră nu se poate deschide. Sincronizați când aveți rețea. Dacă problema rămâne, comunicați codul conducerii proiectului.',
}
