import type { Messages } from '../de'

export const ending: Messages['ending'] = {
  open: 'Întrerupe interviul',
  title: 'Întrerupe interviul',
  text: 'Ce s-a răspuns până acum se sigilează ca interviu incomplet. Răspunsurile lipsă nu împiedică acest lucru.',
  why: 'De ce se încheie acum?',
  reasons: {
    no_time: 'Nu mai este timp',
    tired: 'Prea obosită persoana',
    disturbed: 'Am fost deranjați',
    refused_further: 'Nu dorește să continue',
    other: 'Alt motiv',
  },
  submit: 'Întrerupe și sigilează',
  back: 'Continuă totuși',
  later: 'Continuă mai târziu',
  done: {
    complete: {
      title: 'Sigilat',
      text: 'Interviul este încheiat. Nimeni nu îl mai poate citi pe această tabletă.',
    },
    partial: {
      title: 'Sigilat ca incomplet',
      text: 'Interviul a fost întrerupt; ce s-a răspuns este sigilat. Nimeni nu îl mai poate citi pe această tabletă.',
    },
    refused: {
      title: 'Refuz consemnat',
      text: 'A fost sigilat doar refuzul. Toate celelalte sunt șterse.',
    },
  },
}
