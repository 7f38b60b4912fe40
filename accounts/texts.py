"""Fields for texts that the team writes in several languages."""

from typing import Any

from django import forms

Languages = list[tuple[str, Any]]


class ByLanguage(forms.BaseForm):
    """Adds one field per language for texts kept as {"es": ..., "en": ...}; empty languages are not stored."""

    def add_texts(
        self, name: str, languages: Languages, field: type[forms.CharField] = forms.CharField, **kw: Any
    ) -> None:
        """Fields `<name>_<language>`, filled from the record's dictionary `name`."""
        texts = getattr(self.instance, name)  # type: ignore[attr-defined]
        label = kw.pop("label")
        for code, language in languages:
            widget = kw["widget"](attrs={"lang": code}) if "widget" in kw else forms.TextInput(attrs={"lang": code})
            options = {**kw, "widget": widget, "label": label % {"language": language}, "required": False}
            self.fields[f"{name}_{code}"] = field(**options)
            self.initial.setdefault(f"{name}_{code}", texts.get(code, ""))

    def texts(self, name: str, languages: Languages) -> dict[str, str]:
        """What was entered, by language; languages that the form does not show keep their text."""
        kept = dict(getattr(self.instance, name))  # type: ignore[attr-defined]
        entered = {code: self.cleaned_data.get(f"{name}_{code}", "").strip() for code, _name in languages}
        return {code: text for code, text in {**kept, **entered}.items() if text}

    def fields_of(self, name: str) -> list[forms.BoundField]:
        """The bound fields of one text, for the template."""
        return [self[field] for field in self.fields if field.startswith(f"{name}_")]
