"""What a program says, put into the form of the settings' page: one set of rules for both."""

from collections.abc import Mapping
from typing import Any

from django.forms import ModelForm
from django.forms.models import model_to_dict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.models import Agent


def filled(form: type[ModelForm], row: Any, named: Mapping[str, Any], **more: Any) -> Any:
    """The form as if the page had been sent with what is named, and with what the row holds for the rest.

    `more` is what the row holds in fields that only the form has. Raises ValidationError, by field.
    """
    sent = form({**model_to_dict(row, form._meta.fields), **more, **named}, instance=row)
    if not sent.is_valid():
        raise ValidationError({name: [str(one) for one in words] for name, words in sent.errors.items()})
    return sent


def save(form: Any, *, by: Agent) -> Any:
    """Save what was filled in, if it changes anything; its history says who did it."""
    if form.instance.pk is None or form.has_changed():
        form.instance._history_user = by
        form.save()
    return form.instance


def typed(shape: type[serializers.ModelSerializer], data: Any) -> dict[str, Any]:
    """What may be written of such a shape, each of its type; what is not named is left out."""
    read = shape(data=data, partial=True)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)
