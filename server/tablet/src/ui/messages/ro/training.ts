import type { Messages } from '../de'

export const training: Messages['training'] = {
  title: 'Mod de exersare',
  explain: 'Pentru încercare: purtați un interviu ca de obicei, dar el nu se numără nicăieri.',
  start: 'Porniți modul de exersare',
  end: 'Încheiați exersarea',
  banner: 'Mod de exersare',
  bannerText: 'Ce începeți acum este marcat ca exercițiu și nu se numără.',
  mark: 'Exercițiu',
  begin: 'Începeți exercițiul',
  interview: 'Exercițiu: nu se numără',
}
