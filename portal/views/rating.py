"""How did we do? The mail's link only chooses; what counts is the button."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.http import SeeOther
from helpdesk.models import Rating, Thread
from helpdesk.models.desk import Status
from helpdesk.models.rating import LONGEST, Helped, Score
from portal import pages
from portal.views.contact import query_of
from portal.views.thread import by_token, current, is_same_person


class RatingForm(forms.Form):
    """A score, and if they like what helped and a word."""

    score = forms.TypedChoiceField(
        choices=Score.choices,
        coerce=int,
        error_messages={"required": _("Choose one of the five."), "invalid_choice": _("Choose one of the five.")},
    )
    helped = forms.MultipleChoiceField(choices=Helped.choices, required=False)
    comment = forms.CharField(required=False, max_length=LONGEST)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.private
@by_token
def show(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """?score= of the mail's link preselects; programs that look into links change nothing."""
    goes_on = current(thread)
    if not is_same_person(thread, goes_on):
        raise Http404
    rating = rating_of(goes_on)
    form = RatingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and rate(rating, form.cleaned_data):
        return SeeOther(f"{reverse('portal:rating', args=[token])}{query_of(request)}")
    return render(request, "portal/rating.html", shown(request, thread, rating, form, token))


def rating_of(thread: Thread) -> Rating:
    """What is known; of a thread that is not closed nobody is asked."""
    rating = Rating.objects.select_related("agent").filter(thread=thread).first()
    if rating is None and thread.status != Status.CLOSED:
        raise Http404
    return rating or Rating(thread=thread)


def rate(rating: Rating, words: dict[str, Any]) -> bool:
    """Note it down; who comes from the page of the thread was asked there."""
    if rating.pk is None:
        replies = rating.thread.messages.filter(kind="reply", recalled_at=None).order_by("created_at", "pk")
        last = replies.select_related("author").last()
        rating = Rating.objects.invite(rating.thread, by=last.author if last else None) or rating
    return rating.rate(words["score"], helped=words["helped"], comment=words["comment"])


def shown(request: HttpRequest, thread: Thread, rating: Rating, form: RatingForm, token: str) -> dict[str, Any]:
    """What is chosen: what was typed, else the link's, else what was saved."""
    asked = request.GET.get("score", "")
    helped = form["helped"].value() if form.is_bound else rating.helped
    chosen = form.data.get("score", "") or (asked if asked in {"1", "2", "3", "4", "5"} else str(rating.score or ""))
    return {
        "thread": thread,
        "rating": rating,
        "solved_by": rating.agent.get_short_name() if rating.agent and rating.thread.closed_at else "",
        "solved_on": rating.thread.closed_at,
        "form": form,
        "token": token,
        "query": query_of(request),
        "scores": [(str(one.value), one.label) for one in Score],
        "chosen": chosen,
        "is_unsaved": bool(chosen) and chosen != str(rating.score or ""),
        "chosen_label": {str(one.value): one.label for one in Score}.get(chosen, ""),
        "helped": [(key, label, key in (helped or [])) for key, label in Helped.choices],
        "comment": form.data.get("comment", "") if form.is_bound else rating.comment,
    }
