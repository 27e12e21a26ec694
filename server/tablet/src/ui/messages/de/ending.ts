export const ending = {
  open: 'Interview abbrechen',
  title: 'Interview abbrechen',
  text:
    'Was bisher beantwortet ist, wird als unvollständiges Interview versiegelt. Fehlende Antworten sind kein Hindernis.',
  why: 'Warum endet es jetzt?',
  reasons: {
    no_time: 'Keine Zeit mehr',
    tired: 'Zu müde oder erschöpft',
    disturbed: 'Gestört worden',
    refused_further: 'Möchte nicht weitermachen',
    other: 'Anderer Grund',
  },
  submit: 'Abbrechen und versiegeln',
  back: 'Doch weitermachen',
  later: 'Später weiter',
  done: {
    complete: {
      title: 'Versiegelt',
      text: 'Das Interview ist abgeschlossen. Auf diesem Tablet kann es niemand mehr lesen.',
    },
    partial: {
      title: 'Unvollständig versiegelt',
      text:
        'Das Interview ist abgebrochen; was beantwortet wurde, ist versiegelt. Auf diesem Tablet kann es niemand mehr lesen.',
    },
    refused: {
      title: 'Ablehnung festgehalten',
      text: 'Nur die Ablehnung wurde versiegelt. Alles andere ist gelöscht.',
    },
  },
}
