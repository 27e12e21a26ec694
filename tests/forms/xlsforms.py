# ruff: noqa: E501
"""Forms in XLSForm's Markdown, each for something that XLSForm can say; pyxform accepts them all."""

from __future__ import annotations

FORMS: dict[str, str] = {
    "plain labels": """
        | survey |       |      |            |           |
        |        | type  | name | label      | hint      |
        |        | text  | who  | Who is it? | The name. |
        |        | note  |      | Thanks.    |           |
    """,
    "languages with codes": """
        | survey   |                 |      |                    |                    |                   |
        |          | type            | name | label::Deutsch (de)| label::Română (ro) | hint::Română (ro) |
        |          | text            | who  | Wer?               | Cine?              | Nume              |
        |          | select_one yn   | ok   | Gut?               | Bine?              |                   |
        | choices  |                 |      |                    |                    |                   |
        |          | list_name       | name | label::Deutsch (de)| label::Română (ro) |                   |
        |          | yn              | y    | Ja                 | Da                 |                   |
        |          | yn              | n    | Nein               | Nu                 |                   |
        | settings |                 |      |                    |                    |                   |
        |          | default_language| form_id |                 |                    |                   |
        |          | Deutsch (de)    | two  |                    |                    |                   |
    """,
    "languages by name, some texts without": """
        | survey  |               |      |                |               |        |
        |         | type          | name | label::English | label::French | hint   |
        |         | text          | a    | A              |               | Plain  |
        |         | text          | b    |                | B             |        |
        |         | select_one l  | c    | C              | C fr          | Plain  |
        | choices |               |      |                |               |        |
        |         | list_name     | name | label          | label::French |        |
        |         | l             | x    | X              | X fr          |        |
        |         | l             | y    | Y              |               |        |
    """,
    "a plain column for the default language": """
        | survey   |                  |      |       |               |                |
        |          | type             | name | label | label::French | media::image   |
        |          | text             | a    | A     | A fr          | a.png          |
        |          | text             | b    | B     |               | b.png          |
        |          | text             | c    |       | C fr          |                |
        | settings |                  |      |       |               |                |
        |          | default_language |      |       |               |                |
        |          | English          |      |       |               |                |
    """,
    "a language that is called default": """
        | survey |      |      |                |                |
        |        | type | name | label::default | label::Türkçe  |
        |        | text | a    | A              | A tr           |
        |        | text | b    | B              |                |
    """,
    "a plain column after those with languages": """
        | survey |      |      |               |       |
        |        | type | name | label::French | label |
        |        | text | a    | A fr          | A     |
        |        | text | b    | B fr          |       |
    """,
    "single colons": """
        | survey  |                 |      |               |               |                     |
        |         | type            | name | label:English | media:image   | bind:jr:constraintMsg |
        |         | text            | a    | A             | a.png         | No                  |
        |         | select one from l | b  | B             |               |                     |
        | choices |                 |      |               |               |                     |
        |         | list name       | name | label:English | media:audio   |                     |
        |         | l               | x    | X             | x.mp3         |                     |
    """,
    "headers in capitals, and with blanks": """
        | SURVEY  |               |      |           |               |              |
        |         | Type          | NAME | Label::EN | Guidance Hint | Choice Filter|
        |         | select_one l  | a    | A         | Slowly        | k != 'q'     |
        | CHOICES |               |      |           |               |              |
        |         | List Name     | Name | LABEL::EN | k             |              |
        |         | l             | x    | X         | p             |              |
    """,
    "every medium in every language": """
        | survey  |              |      |                   |                   |                       |                   |                   |                |
        |         | type         | name | label::English    | media::image::English | media::big-image::English | media::audio::English | media::video::Deutsch | label::Deutsch |
        |         | text         | a    | A                 | a.png             | b.png                 | a.mp3             | a.mp4             | Ä              |
        |         | note         | b    |                   | n.png             |                       |                   |                   |                |
        |         | begin group  | g    | G                 | g.png             |                       |                   |                   |                |
        |         | select_one l | c    | C                 |                   |                       |                   |                   |                |
        |         | end group    |      |                   |                   |                       |                   |                   |                |
        | choices |              |      |                   |                   |                       |                   |                   |                |
        |         | list_name    | name | label::English    | media::image::English | big-image         | audio             | video             |                |
        |         | l            | x    | X                 | x.png             | x2.png                | x.mp3             | x.mp4             |                |
        |         | l            | y    |                   | y.png             |                       |                   |                   |                |
    """,
    "rules and their messages": """
        | survey |         |      |       |          |                  |                            |            |                    |           |           |
        |        | type    | name | label | required | required_message | required_message::Deutsch  | constraint | constraint_message | relevant  | read_only |
        |        | integer | a    | A     | yes      | Please.          | Bitte.                     | . > 1      | More than ${b}.    |           |           |
        |        | integer | b    | B     | ${a} > 2 |                  |                            | . > 1      | More.              | ${a} != 1 | TRUE      |
        |        | integer | c    | C     | no       | Say it, ${a}.    |                            |            |                    | true      | ${a} = 4  |
        |        | integer | d    | D     | true()   |                  |                            |            |                    |           | false()   |
    """,
    "guidance beside hints": """
        | survey |      |      |       |      |               |                        |
        |        | type | name | label | hint | guidance_hint | guidance_hint::Deutsch |
        |        | text | a    | A     | H    | G             |                        |
        |        | text | b    | B     |      | G             | G de                   |
        |        | text | c    |       | H    |               |                        |
    """,
    "groups in repeats in groups": """
        | survey |              |       |       |            |              |               |
        |        | type         | name  | label | appearance | repeat_count | relevant      |
        |        | begin_group  | g     | G     | field-list |              |               |
        |        | integer      | n     | N     |            |              |               |
        |        | begin repeat | r     | R     |            | ${n}         | ${n} > 0      |
        |        | begin lgroup | inner |       | w1         | ${n} + 1     |               |
        |        | text         | t     | ${n}  |            |              | ${n} = 2      |
        |        | end lgroup   |       |       |            |              |               |
        |        | end repeat   |       |       |            |              |               |
        |        | begin looped group | s | S     |            | 3            |               |
        |        | text         | u     | U     |            |              |               |
        |        | end looped group | |       |            |              |               |
        |        | end_group    |       |       |            |              |               |
        |        | note         | done  | ${n}  |            |              |               |
    """,
    "groups with rules of questions": """
        | survey |             |      |       |           |          |            |                |                  |               |
        |        | type        | name | label | read_only | required | constraint | bind::odk:note | body::accept     | instance::odk:tag |
        |        | begin group | g    | G     | yes       | yes      | . > 1      | x              | y                | ${a}          |
        |        | text        | a    | A     |           |          |            | x              | y                | z             |
        |        | end group   |      |       |           |          |            |                |                  |               |
    """,
    "one column for a type with a key and one without": """
        | survey |             |      |       |          |           |          |            |            |
        |        | type        | name | label | required | read_only | relevant | constraint | appearance |
        |        | start       | s    |       | yes      | yes       | 1 = 1    | . != ''    |            |
        |        | begin group | g    | G     | true     | no        | 1 = 1    | . != ''    | field-list |
        |        | text        | a    | A     | yes      | yes       | 1 = 1    | . != ''    | multiline  |
        |        | end group   |      |       |          |           |          |            |            |
    """,
    "an app on a group and on a question": """
        | survey |             |      |       |                   |            |                               |                     |
        |        | type        | name | label | intent            | appearance | body::intent                  | no_app_error_string |
        |        | begin group | g    | G     | org.example.A(x)  | field-list |                               |                     |
        |        | text        | a    | A     | ignored           |            | org.example.B(n='${b}')       | No app.             |
        |        | text        | b    | B     |                   | ex:org.example.C | | |
        |        | end group   |      |       |                   |            |                               |                     |
    """,
    "no app, in two languages": """
        | survey |      |      |                |               |                               |                              |
        |        | type | name | label::English | label::French | no_app_error_string::English  | noAppErrorString::French     |
        |        | text | a    | A              | A fr          | No app.                       | Pas d'app.                   |
    """,
    "selects of every kind": """
        | survey  |                               |      |       |               |                            |            |
        |         | type                          | name | label | choice_filter | parameters                 | appearance |
        |         | select_one l                  | a    | A     |               | randomize=true             | minimal    |
        |         | select_multiple l             | b    | B     | k = ${a}      | randomize=true, seed=42    |            |
        |         | rank l                        | c    | C     |               | randomize=true;seed=${n}   |            |
        |         | integer                       | n    | N     |               |                            |            |
        |         | select1 l                     | d    | D     |               |                            |            |
        |         | select all that apply from l  | e    | E     |               |                            |            |
        |         | add select one prompt using l | f    | F     |               |                            |            |
        |         | add select multiple prompt using l | g | G     |               |                            |            |
        |         | select one from l             | h    | H     |               |                            |            |
        |         | select one l                  | i    | I     |               |                            |            |
        | choices |                               |      |       |               |                            |            |
        |         | list_name                     | name | label | k             | geometry                   | a note     |
        |         | l                             | x    | X     | p             | 1.5 2.5                    | unused     |
        |         | l                             | y    | Y     | 7             |                            |            |
        |         | unused                        | x    | X     |               |                            |            |
    """,
    "a choice of one's own": """
        | survey  |                                          |      |                |
        |         | type                                     | name | label::English |
        |         | select_one l or_other                    | a    | A              |
        |         | select_multiple l or specify other       | b    | B              |
        |         | select_one m or other                    | c    | C              |
        | choices |                                          |      |                |
        |         | list_name                                | name | label::English |
        |         | l                                        | x    | X              |
        |         | m                                        | other| Something else |
    """,
    "choices from files": """
        | survey |                                       |      |       |                              |                |
        |        | type                                  | name | label | parameters                   | choice_filter  |
        |        | select_one_from_file towns.csv        | a    | A     | value=code, label=nameEN     |                |
        |        | select multiple from file towns.csv   | b    | B     |                              | state = ${a}   |
        |        | select_one_from_file roads.geojson    | c    | C     | randomize=true, seed=1.5     |                |
        |        | select_one_from_file areas.xml        | d    | D     |                              | x = ${last-saved#a} |
        |        | rank towns.csv                        | e    | E     |                              |                |
        |        | select_one my.towns.csv               | f    | F     |                              |                |
    """,
    "choices from answers": """
        | survey |                    |      |       |               |
        |        | type               | name | label | choice_filter |
        |        | begin repeat       | r    | R     |               |
        |        | text               | who  | Who?  |               |
        |        | integer            | age  | Age?  |               |
        |        | begin repeat       | s    | S     |               |
        |        | select_one ${who}  | kin  | Whose?| ${age} > 3    |
        |        | end repeat         |      |       |               |
        |        | end repeat         |      |       |               |
        |        | select_one ${who}  | head | Head? |               |
        |        | rank ${who}        | order| Order?| ${age} > 17   |
    """,
    "choices in a file of their own": """
        | survey           |                           |      |       |                 |
        |                  | type                      | name | label | choice_filter   |
        |                  | select_one states         | st   | State |                 |
        |                  | select_one_external towns | town | Town  | state=${st}     |
        | choices          |                           |      |       |                 |
        |                  | list_name                 | name | label |                 |
        |                  | states                    | a    | A     |                 |
        | external_choices |                           |      |       |                 |
        |                  | list_name                 | name | label | state           |
        |                  | towns                     | t1   | T1    | a               |
        |                  | towns                     | t2   | T2    | a               |
    """,
    "choices with blanks and without labels": """
        | survey  |              |      |       |
        |         | type         | name | label |
        |         | select_one l | a    | A     |
        | choices |              |      |       |
        |         | list_name    | name | label |
        |         | l            | a b  | A B   |
        |         | l            | 1    |       |
    """,
    "choices that come twice": """
        | survey   |                         |      |       |
        |          | type                    | name | label |
        |          | select_one l            | a    | A     |
        | choices  |                         |      |       |
        |          | list_name               | name | label |
        |          | l                       | x    | X     |
        |          | l                       | x    | X2    |
        | settings |                         |      |       |
        |          | allow_choice_duplicates |      |       |
        |          | yes                     |      |       |
    """,
    "choices that speak of answers": """
        | survey  |              |      |       |                |
        |         | type         | name | label | appearance     |
        |         | text         | t    | T     |                |
        |         | select_one l | a    | A     |                |
        |         | select_one m | b    | B     | search('file') |
        | choices |              |      |       |                |
        |         | list_name    | name | label |                |
        |         | l            | x    | ${t}? |                |
        |         | l            | y    | Y     |                |
        |         | m            | id   | name  |                |
    """,
    "an answer none in every list": """
        | survey   |                   |      |       |            |
        |          | type              | name | label | constraint |
        |          | select_multiple l | a    | A     |            |
        |          | select_multiple l | b    | B     |            |
        |          | select_multiple m | c    | C     | . != 'x'   |
        | choices  |                   |      |       |            |
        |          | list_name         | name | label |            |
        |          | l                 | x    | X     |            |
        |          | m                 | x    | X     |            |
        |          | m                 | none | None  |            |
        | settings |                   |      |       |            |
        |          | add_none_option   |      |       |            |
        |          | yes               |      |       |            |
    """,
    "ranges": """
        | survey  |       |      |       |                                                  |            |
        |         | type  | name | label | parameters                                       | appearance |
        |         | range | a    | A     |                                                  |            |
        |         | range | b    | B     | start=0 end=1 step=0.1                           | vertical   |
        |         | range | c    | C     | start=0.5, end=5.0, step=0.5                     |            |
        |         | range | d    | D     | start=0;end=10;step=2;tick_interval=4;placeholder=6 |         |
        |         | range | e    | E     | start=1 end=3 step=1 tick_labelset=marks         |            |
        |         | range | f    | F     | start=10 end=1 step=1                            | picker     |
        | choices |       |      |       |                                                  |            |
        |         | list_name | name | label |                                              |            |
        |         | marks | 1    | Low   |                                                  |            |
        |         | marks | 3    | High  |                                                  |            |
    """,
    "parameters": """
        | survey |                  |       |       |                                                              |           |
        |        | type             | name  | label | parameters                                                   | rows      |
        |        | text             | a     | A     | rows=4                                                       |           |
        |        | text             | b     | B     |                                                              | 3         |
        |        | image            | c     | C     | max-pixels=1024 app=org.example.camera                       |           |
        |        | audio            | d     | D     | quality=voice-only                                           |           |
        |        | geopoint         | e     | E     | capture-accuracy=1.5, warning-accuracy=10 allow-mock-accuracy=true |     |
        |        | geotrace         | f     | F     | incremental=true                                             |           |
        |        | geoshape         | g     | G     | incremental=yes, allow-mock-accuracy=false                   |           |
        |        | background-audio | h     |       | quality=low                                                  |           |
        |        | audit            |       |       | location-priority=balanced location-min-interval=60 location-max-age=120 track-changes=true identify-user=true track-changes-reasons=on-form-edit | |
    """,
    "places beside other places": """
        | survey  |              |      |       |                                 |               |
        |         | type         | name | label | parameters                      | choice_filter |
        |         | begin repeat | r    | R     |                                 |               |
        |         | geopoint     | p    | P     |                                 |               |
        |         | end repeat   |      |       |                                 |               |
        |         | geoshape     | q    | Q     | reference-geometry=${r}         | ${p} != ''    |
        |         | geopoint     | s    | S     | reference-geometry=places       | k = 1         |
        | choices |              |      |       |                                 |               |
        |         | list_name    | name | label | geometry                        | k             |
        |         | places       | x    | X     | 1 2 3 4                         | 1             |
    """,
    "defaults, fixed and worked out": """
        | survey |                 |      |       |                     |                 |             |
        |        | type            | name | label | default             | calculation     | trigger     |
        |        | integer         | a    | A     | 5                   |                 |             |
        |        | decimal         | b    | B     | 5.50                |                 |             |
        |        | text            | c    | C     | 007                 |                 |             |
        |        | date            | d    | D     | today()             |                 |             |
        |        | date            | e    | E     | 2020-01-02          |                 |             |
        |        | text            | f    | F     | ${last-saved#c}     |                 |             |
        |        | image           | g    | G     | default.png         |                 |             |
        |        | hidden          | h    |       | secret              |                 |             |
        |        | calculate       | i    |       |                     | ${a} * 2        |             |
        |        | calculate       | j    |       | uuid()              |                 |             |
        |        | calculate       | k    | Seen  |                     | now()           | ${a}        |
        |        | text            | l    | L     |                     | ${a} + 1        | ${a}, ${b}  |
        |        | begin repeat    | r    | R     |                     |                 |             |
        |        | integer         | m    | M     | ${a} + 1            |                 |             |
        |        | end repeat      |      |       |                     |                 |             |
        |        | background-geopoint | n |      |                     |                 | ${a}        |
    """,
    "pulldata and other instances": """
        | survey |              |      |       |                                                 |
        |        | type         | name | label | calculation                                     |
        |        | csv-external | rent |       |                                                 |
        |        | text         | a    | A     |                                                 |
        |        | begin group  | g    | G     |                                                 |
        |        | xml-external | area |       |                                                 |
        |        | calculate    | b    |       | pulldata('prices', 'rent', 'code', ${a})        |
        |        | calculate    | c    |       | instance('rent')/root/item[code = ${a}]/amount  |
        |        | end group    |      |       |                                                 |
        |        | note         | n    | Rent: instance('rent')/root/item[code = ${a}]/amount !  | |
    """,
    "what devices record": """
        | survey |                   |        |       |
        |        | type              | name   | label |
        |        | start             | a      |       |
        |        | end               | b      |       |
        |        | today             | c      |       |
        |        | deviceid          | d      |       |
        |        | username          | e      |       |
        |        | email             | f      |       |
        |        | phonenumber       | g      |       |
        |        | simserial         | h      |       |
        |        | subscriberid      | i      |       |
        |        | uri:deviceid      | j      |       |
        |        | start-geopoint    | k      |       |
        |        | imei              | l      | Told  |
        |        | text              | m      | M     |
    """,
    "labels of what nobody sees": """
        | survey |             |      |                |          |             |
        |        | type        | name | label::English | hint     | calculation |
        |        | start       | a    | Start          |          |             |
        |        | calculate   | b    | Sum            | Worked out | 1 + 1     |
        |        | hidden      | c    | Hidden         |          |             |
        |        | text        | d    | D              |          |             |
    """,
    "old words for types": """
        | survey |                              |      |       |            |      |
        |        | type                         | name | label | constraint | hint |
        |        | phone number                 | a    | A     |            |      |
        |        | phone number                 | b    | B     | . != '1'   | H    |
        |        | percentage                   | c    | C     |            |      |
        |        | number of days in last month | d    | D     |            |      |
        |        | trigger                      | e    | E     |            |      |
        |        | gps                          | f    | F     |            |      |
        |        | add note prompt              | g    | G     |            |      |
        |        | q date time                  | h    | H     |            |      |
        |        | get today                    | i    |       |            |      |
    """,
    "a table of selects": """
        | survey  |                   |      |       |                      |       |
        |         | type              | name | label | appearance           | hint  |
        |         | begin group       | g    | G     | table-list compact   | H     |
        |         | note              | n    | N     |                      |       |
        |         | select_one l      | a    | A     | minimal              |       |
        |         | select_one l      | b    | B     |                      |       |
        |         | end group         |      |       |                      |       |
        |         | begin group       | h    |       | table-list           |       |
        |         | select_multiple m | c    | C     |                      |       |
        |         | end group         |      |       |                      |       |
        | choices |                   |      |       |                      |       |
        |         | list_name         | name | label |                      |       |
        |         | l                 | x    | X     |                      |       |
        |         | m                 | y    | Y     |                      |       |
    """,
    "a loop": """
        | survey  |                                      |        |                          |                       |                 |
        |         | type                                 | name   | label::English           | label::Deutsch        | relevant        |
        |         | select_multiple crops or_other       | grown  | What?                    | Was?                  |                 |
        |         | begin loop over crops                | each   | Each                     | Jedes                 |                 |
        |         | integer                              | amount | How much %(label)s?      | Wieviel %(label)s?    | selected(${grown}, '%(name)s') |
        |         | begin group                          | more   | On %(label)s             | Zu %(label)s          |                 |
        |         | text                                 | words  | Say                      | Sagen                 |                 |
        |         | end group                            |        |                          |                       |                 |
        |         | end loop                             |        |                          |                       |                 |
        | choices |                                      |        |                          |                       |                 |
        |         | list_name                            | name   | label::English           | label::Deutsch        |                 |
        |         | crops                                | corn   | corn                     | Mais                  |                 |
        |         | crops                                | none   | none                     | nichts                |                 |
        |         | crops                                | rye    | rye                      | Roggen                |                 |
    """,
    "groups that are not begun": """
        | survey |        |      |       |
        |        | type   | name | label |
        |        | group  | g    | G     |
        |        | repeat | r    | R     |
        |        | text   | a    | A     |
    """,
    "a file called as a question elsewhere": """
        | survey |              |       |       |
        |        | type         | name  | label |
        |        | text         | towns | A     |
        |        | begin group  | g     | G     |
        |        | text         | b     | B     |
        |        | csv-external | towns |       |
        |        | end group    |       |       |
    """,
    "choices without labels that hold references": """
        | survey  |                |      |       |
        |         | type           | name | label |
        |         | select_one l   | a    | A     |
        | choices |                |      |       |
        |         | list_name      | name | label | k    |
        |         | l              | x    |       | ${b} |
        |         | a list, unused | x    |       | y    |
    """,
    "openstreetmap": """
        | survey |              |      |       |
        |        | type         | name | label |
        |        | osm building | a    | A     |
        |        | osm          | b    | B     |
        | osm    |              |      |       |
        |        | list_name    | name | label |
        |        | building     | name | Name  |
        |        | building     | roof | Roof  |
    """,
    "text messages": """
        | survey   |              |      |       |           |             |
        |          | type         | name | label | sms_field | compact_tag |
        |          | text         | a    | A     | x         | t           |
        |          | select_one l | b    | B     | y         |             |
        | choices  |              |      |       |           |             |
        |          | list_name    | name | label | sms_option|             |
        |          | l            | x    | X     | 1         |             |
        | settings |              |      |       |           |             |
        |          | sms_keyword  | sms_separator | prefix | delimiter | |
        |          | word         | +    | p     | ;         |             |
    """,
    "settings": """
        | survey   |         |      |       |
        |          | type    | name | label |
        |          | text    | a    | A     |
        | settings |         |      |       |
        |          | form_title | form_id    | version | style | instance_name | public_key | submission_url          | auto_send | auto_delete | client_editable | name | instance_xmlns            | namespaces                            | attribute::esri:layer | instance_id |
        |          | My form    | An id here | 3 b     | pages | concat(${a})  | MIIB       | https://example.org/x   | true      | false       | yes             | root | http://example.org/forms  | esri="http://esri.com/xforms" bad jr="no" | streets           | uid         |
    """,
    "settings among the questions": """
        | survey |                |          |       |
        |        | type           | name     | label |
        |        | set_form_title | My_title |       |
        |        | form_id        | my_id    |       |
        |        | prefix         | pre      |       |
        |        | text           | a        | A     |
    """,
    "no instanceID": """
        | survey   |                 |      |       |
        |          | type            | name | label |
        |          | text            | a    | A     |
        | settings |                 |      |       |
        |          | omit_instanceID | flat |       |
        |          | yes             |      |       |
    """,
    "a flat instance": """
        | survey   |             |      |       |            |            |
        |          | type        | name | label | relevant   | appearance |
        |          | begin group | g    | G     | ${x} = 1   |            |
        |          | begin group | h    | H     | ${x} = 2   | field-list |
        |          | integer     | a    | A     | ${x} = 3   |            |
        |          | integer     | b    | B     |            |            |
        |          | end group   |      |       |            |            |
        |          | end group   |      |       |            |            |
        |          | integer     | x    | X     |            |            |
        | settings |             |      |       |            |            |
        |          | flat        |      |       |            |            |
        |          | yes         |      |       |            |            |
    """,
    "white space and quotes": """
        | survey |      |      |                     |                    |
        |        | type | name | label               | relevant           |
        |        | text | a    | Two  blanks “quoted” |                   |
        |        | text | b    | It’s <b>&amp;</b>    | ${a} = ‘x’        |
    """,
    "white space that is kept": """
        | survey   |                   |      |             |
        |          | type              | name | label       |
        |          | text              | a    | Two  blanks |
        | settings |                   |      |             |
        |          | clean_text_values |      |             |
        |          | no                |      |             |
    """,
    "rows that are left out": """
        | survey |         |      |       |          |         |
        |        | type    | name | label | disabled | remarks |
        |        | text    | a    | A     | no       | fine    |
        |        | text    | b    | B     | yes      |         |
        |        |         |      |       |          | a note  |
        |        | text    | c    | C     |          |         |
    """,
    "an entity": """
        | survey   |         |      |       |         |
        |          | type    | name | label | save_to |
        |          | text    | a    | A     | street  |
        |          | integer | b    | B     |         |
        | entities |         |      |       |         |
        |          | dataset | label| create_if | entity_id |
        |          | houses  | ${a} | ${b} > 1  |           |
    """,
    "two entities, one for each round": """
        | survey   |              |      |       |             |
        |          | type         | name | label | save_to     |
        |          | text         | a    | A     | houses#road |
        |          | begin repeat | r    | R     |             |
        |          | text         | who  | Who   | people#who  |
        |          | end repeat   |      |       |             |
        | entities |              |      |       |             |
        |          | list_name    | label| update_if | entity_id |
        |          | houses       | ${a} | 1 = 1     | ${a}      |
        |          | people       | ${who} |         |           |
    """,
    "characters from everywhere": """
        | survey  |              |       |                      |
        |         | type         | name  | label                |
        |         | text         | ünï_ß | 😀 שלום مرحبا \u200f\u200e Здравей |
        |         | select_one l | имя   | ${ünï_ß} 𝒳           |
        | choices |              |       |                      |
        |         | list_name    | name  | label                |
        |         | l            | 😀    | عربي                 |
        |         | l            | é’s   | \u200f RTL                |
    """,
    "markup": r"""
        | survey |      |      |                            |                     |
        |        | type | name | label                      | constraint          |
        |        | text | a    | # Head\n**bold** <br> \| pipe | . != "\|" and . < 3 |
    """,
    "a form without anything to see": """
        | survey |           |      |             |
        |        | type      | name | calculation |
        |        | calculate | a    | 1 + 1       |
        |        | start     | b    |             |
    """,
    "attributes that pyxform writes as it can": """
        | survey |      |      |       |                 |
        |        | type | name | label | body:esri:style |
        |        | text | a    | A     | watermark=${b}  |
        |        | text | b    | B     |                 |
    """,
    "a column for media without a kind": """
        | survey |      |      |       |       |
        |        | type | name | label | media |
        |        | text | a    |       | x.png |
        |        | text | b    | B     | x.png |
    """,
    "two names for the id": """
        | survey   |           |         |         |
        |          | type      | name    | label   |
        |          | text      | a       | A       |
        | settings |           |         |         |
        |          | id_string | form_id | version |
        |          | old       | new     | 2       |
    """,
    "nothing but headers": """
        | survey |      |      |                |             |
        |        | type | name | label::Türkçe  | constraint  |
    """,
    "the first language is another in the choices, and none is the default": """
        | survey  |                      |       |            |           |
        |         | type                 | name  | label::ro  | label::bg |
        |         | begin repeat         | stays | Șederi     | Престои   |
        |         | select_one l or_other| where | Unde       | Къде      |
        |         | end repeat           |       |            |           |
        | choices |                      |       |            |           |
        |         | list_name            | name  | label::bg  | label::ro |
        |         | l                    | here  | Тук        | Aici      |
        |         | l                    | away  | Другаде    | Altundeva |
    """,
    "a default language that no column has": """
        | survey   |                  |      |                |              |
        |          | type             | name | label::Türkçe  | label::de    |
        |          | select_one l     | a    | A              | A de         |
        | choices  |                  |      |                |              |
        |          | list_name        | name | label::Deutsch | label::Türkçe|
        |          | l                | x    | X              | X tr         |
        | settings |                  |      |                |              |
        |          | default_language |      |                |              |
        |          | Bulgarian        |      |                |              |
    """,
    "an appearance by language, of which pyxform makes what it can": """
        | survey |      |      |       |                        |
        |        | type | name | label | appearance::Română (ro)|
        |        | text | a    | A     | minimal                |
    """,
}
