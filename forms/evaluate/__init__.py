"""What a form's expressions say about given answers.

An expression is written in XPath 1.0 with the functions of ODK XForms, and with `${name}` for the answer to a question.
It is parsed once for a form and becomes nested functions of Python; sets of nodes are found by lxml. It is not handed
to lxml as a whole, because libxml2 gives another truth than the clients that fill in forms: an answer that is not in
the XML equals the empty text here, dates can be compared, and numbers are compared as numbers where a question asks
for one. And it would be ten times slower: most conditions look at one or two answers of the same row.

`syntax` parses into a `tree`, `scope` knows which answer a name or path means, `nodes` finds sets of nodes, `values`
converts. `terms` makes functions of it all, `operators`, `arithmetic` and `calls` are its parts, and `functions`,
`days`, `patterns` and `earth` hold what can be called.

Whatever would need more than the answers (the day of the interview, chance, a data file, a function that is not known)
is never guessed: it raises `Unanswerable` where its value would make a difference.
"""
