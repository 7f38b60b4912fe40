"""Two threads about one matter: joined, parted, or one made of some messages of another; and with whom a thread is."""

from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.fields import Dressed
from accounts.http import SeeOther
from accounts.typed import number
from helpdesk.forms import clean_addresses
from helpdesk.models import Thread
from helpdesk.panel import others_of
from helpdesk.views.thread import thread_path, visible

READ_OR_WRITE = ["GET", "HEAD", "POST"]


class IntoForm(Dressed, forms.Form):
    """The number of the thread that takes the messages."""

    into = forms.CharField(max_length=20, label=gettext_lazy("Number of the other thread"))

    def clean_into(self) -> int:
        """With or without #."""
        typed = number(str(self.cleaned_data["into"]).strip().removeprefix("#"))
        if not typed:
            raise forms.ValidationError(_("Write a number, such as 1204."))
        return typed


class SplitForm(Dressed, forms.Form):
    """Some of the messages, and what the new thread is called."""

    subject = forms.CharField(max_length=255, label=gettext_lazy("Subject of the new thread"))
    messages = forms.ModelMultipleChoiceField(Thread.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, thread: Thread, **kwargs: Any) -> None:
        super().__init__(*args, initial={"subject": thread.subject}, **kwargs)
        field: Any = self.fields["messages"]
        field.queryset = thread.messages.current()


class RequesterForm(Dressed, forms.Form):
    """With whom the thread is, and who gets a copy of every reply."""

    name = forms.CharField(max_length=255, required=False, label=gettext_lazy("Name"))
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    cc = forms.CharField(max_length=500, required=False, label=gettext_lazy("Copies of every reply to"))

    def clean_cc(self) -> list[str]:
        """The addresses, in lower case."""
        return clean_addresses(self.cleaned_data["cc"])


@agent_required
@require_http_methods(READ_OR_WRITE)
def merge(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Choose the thread that this one goes into; both have to be ones that the agent sees."""
    thread = visible(request, thread_id)
    form = IntoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        into = Thread.objects.visible_to(request.user).filter(pk=form.cleaned_data["into"], merged_into=None).first()
        if into is None or into.pk == thread.pk:
            form.add_error("into", _("There is no other thread with this number that you may see."))
        else:
            thread.merge_into(into, by=request.user)
            toasts.success(request, _("#%(gone)s is part of this thread now.") % {"gone": thread.pk})
            return SeeOther(thread_path(into.pk))
    context = {"thread": thread, "form": form, "others": others_of(thread, request.user), "merges": _merges(thread)}
    return render(request, "helpdesk/joining/merge.html", context, status=400 if form.errors else 200)


def _merges(thread: Thread) -> Any:
    return thread.merges_here.filter(undone_at=None).select_related("source", "by")


@agent_required
@require_POST
def part(request: AgentRequest, thread_id: int, merge_id: int) -> HttpResponse:
    """Undo a merge into this thread; the agent has to see the other one too."""
    thread = visible(request, thread_id)
    seen = Thread.objects.visible_to(request.user)
    merge = get_object_or_404(_merges(thread).filter(source__in=seen), pk=merge_id)
    thread.split(merge, by=request.user)
    toasts.success(request, _("#%(number)s is a thread of its own again.") % {"number": merge.source_id})
    return SeeOther(thread_path(thread.pk))


@agent_required
@require_http_methods(READ_OR_WRITE)
def split_off(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Make a thread of some messages."""
    thread = visible(request, thread_id)
    form = SplitForm(request.POST if request.method == "POST" else None, thread=thread)
    if request.method == "POST" and form.is_valid():
        try:
            made = thread.split_off(form.cleaned_data["messages"], form.cleaned_data["subject"], by=request.user)
        except ValueError as error:
            form.add_error("messages", str(error))
        else:
            return SeeOther(thread_path(made.pk))
    context = {"thread": thread, "form": form, "said": thread.messages.current().select_related("author")}
    return render(request, "helpdesk/joining/split.html", context, status=400 if form.errors else 200)


@agent_required
@require_http_methods(READ_OR_WRITE)
def requester(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Another person, and who gets copies."""
    thread = visible(request, thread_id)
    typed = {"name": thread.name, "email": thread.email, "cc": ", ".join(thread.cc)}
    form = RequesterForm(request.POST if request.method == "POST" else None, initial=typed)
    if request.method == "POST" and form.is_valid():
        thread.give_to(**form.cleaned_data, by=request.user)
        return SeeOther(thread_path(thread.pk))
    context = {"thread": thread, "form": form}
    return render(request, "helpdesk/joining/requester.html", context, status=400 if form.errors else 200)


@agent_required
@require_POST
def take_back(request: AgentRequest, thread_id: int, message_id: int) -> HttpResponse:
    """What an agent forwarded into the desk is their own mail after all."""
    thread = visible(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id)
    if message.besides.brought is None:
        raise Http404
    own = thread.take_back_bringing(message, by=request.user)
    toasts.success(request, _("The mail is %(name)s's own again.") % {"name": message.author_name})
    return SeeOther(thread_path(own.pk))
