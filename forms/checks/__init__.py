"""The checks of a form, by what they look at; `forms.check` runs them all."""
