"""The pages of the settings, in their order: their navigation and the palette show the same."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent


@dataclass(frozen=True)
class SettingsPage:
    """One entry: the section it is of, where it leads, what it is called and drawn as."""

    section: str
    name: str
    label: str | Promise
    icon: str
    look: str = ""  # of the icon
    is_for_all: bool = False  # else for supervisors

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(self.name)


PAGES = (
    SettingsPage("mailboxes", "mailgateway:mailboxes", _("Mailboxes"), "mail"),
    SettingsPage("incoming", "mailgateway:incoming", _("Incoming mail"), "download"),
    SettingsPage("contacts", "helpdesk:contacts", _("Contacts"), "users"),
    SettingsPage("replies", "helpdesk:replies", _("Predefined replies"), "reply", "i--flip"),
    SettingsPage("statuses", "helpdesk:statuses", _("Statuses"), "s-p1"),
    SettingsPage("hours", "helpdesk:hours", _("Business hours"), "clock"),
    SettingsPage("targets", "helpdesk:targets", _("Targets"), "flag"),
    SettingsPage("reasons", "helpdesk:reasons", _("Reasons for closing"), "s-closed"),
    SettingsPage("team", "helpdesk:team", _("Team"), "user"),
    SettingsPage("preferences", "crm:preferences", _("Customer records"), "card"),
    SettingsPage("privacy", "crm:privacy", _("Security and data"), "shield"),
    SettingsPage("desk", "helpdesk:desk", _("Shop and forms"), "shop"),
    SettingsPage("follow_ups", "crm:follow_ups", _("Follow-up mails"), "cart"),
    SettingsPage("shops", "crm:shops", _("Connected shops"), "plug"),
    SettingsPage("notices", "helpdesk:notice_settings", _("What tells me"), "bell", is_for_all=True),
    SettingsPage("profile", "accounts:profile", _("My profile"), "gear", is_for_all=True),
)


def pages_of(agent: Agent) -> list[SettingsPage]:
    """Those that somebody may open."""
    return [page for page in PAGES if page.is_for_all or agent.is_supervisor]
