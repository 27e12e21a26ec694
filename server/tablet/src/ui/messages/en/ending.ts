import type { Messages } from '../de'

export const ending: Messages['ending'] = {
  open: 'Break off the interview',
  title: 'Break off the interview',
  text: 'What has been answered so far is sealed as a partial interview. Missing answers do not stand in the way.',
  why: 'Why does it end now?',
  reasons: {
    no_time: 'No more time',
    tired: 'Too tired or exhausted',
    disturbed: 'Disturbed',
    refused_further: 'Does not want to go on',
    other: 'Another reason',
  },
  submit: 'Break off and seal',
  back: 'Go on after all',
  later: 'Go on later',
  done: {
    complete: {
      title: 'Sealed',
      text: 'The interview is finished. Nobody can read it on this tablet any more.',
    },
    partial: {
      title: 'Sealed as partial',
      text: 'The interview was broken off; what was answered is sealed. Nobody can read it on this tablet any more.',
    },
    refused: {
      title: 'Refusal recorded',
      text: 'Only the refusal was sealed. Everything else is deleted.',
    },
  },
}
