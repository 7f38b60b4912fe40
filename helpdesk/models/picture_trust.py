"""From whom an agent wants to see pictures that lie elsewhere, without asking each time."""

from django.conf import settings
from django.db import models

from accounts.models import Agent
from helpdesk.models.message import Message


class PictureTrustManager(models.Manager["PictureTrust"]):
    """Whom an agent trusts, and no longer."""

    def covers(self, message: Message, *, agent: Agent) -> bool:
        """Whether its pictures load by themselves for this agent: never where the sender is in doubt."""
        return self.model.may_cover(message) and self.filter(agent=agent, address=message.author_email.lower()).exists()

    def trust(self, message: Message, *, by: Agent) -> None:
        """From now on this sender's pictures load for this agent."""
        if self.model.may_cover(message):
            self.get_or_create(agent=by, address=message.author_email.lower())

    def distrust(self, message: Message, *, by: Agent) -> None:
        """Ask again each time."""
        self.filter(agent=by, address=message.author_email.lower()).delete()


class PictureTrust(models.Model):
    """One sender whom one agent trusts."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address = models.CharField(max_length=255)

    objects = PictureTrustManager()

    class Meta:
        constraints = [models.UniqueConstraint("agent", "address", name="one_trust_an_agent_and_address")]

    def __str__(self) -> str:
        return self.address

    @staticmethod
    def may_cover(message: Message) -> bool:
        """Nobody is trusted whose name anybody may have used."""
        return bool(message.author_email) and not (message.is_from_stranger or message.besides.doubtful)
