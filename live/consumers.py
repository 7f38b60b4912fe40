"""Sockets for signed-in agents: they authorise, join groups and pass pings on."""

import asyncio
import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.models import Agent
from live import wire


class AgentConsumer(AsyncWebsocketConsumer):
    """A signed-in agent's socket. Subclasses say which groups it may join, asked anew on "access" pings."""

    agent: Agent
    pending: set[str]
    flusher: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        """Refuse strangers; join what the agent may see."""
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            await self.close(code=4401)
            return
        self.agent, self.pending = user, set()
        groups = await database_sync_to_async(self.groups_of)()
        if groups is None:
            await self.close(code=4404)
            return
        for group in [f"agent-{self.agent.pk}", *groups]:
            wire.join(group, self)
        await self.accept()

    def groups_of(self) -> list[str] | None:
        """Names of the groups this agent may listen to here; None refuses the socket."""
        return []

    async def disconnect(self, code: int) -> None:
        """Leave every group; what was gathered for this socket goes nowhere."""
        wire.leave(self)
        if self.flusher is not None:
            self.flusher.cancel()

    def ping(self, what: str) -> None:
        """Gather pings for 10 ms and send them as one frame, so that a burst costs one."""
        self.pending.add(what)
        if self.flusher is None:
            self.flusher = asyncio.get_running_loop().call_later(0.01, self._flush_soon)

    def _flush_soon(self) -> None:
        self.flusher = None
        self._task = asyncio.ensure_future(self._flush())

    async def _flush(self) -> None:
        changed, self.pending = sorted(self.pending), set()
        if "access" in changed:  # the agent's rights changed: the browser comes back and is asked anew
            await self.close(code=4403)
            return
        try:
            await self.send(text_data=json.dumps({"changed": changed}))
        except OSError:  # the browser went away while the pings were gathered
            wire.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: Any = None) -> None:
        """Ignore what browsers say; subclasses may listen."""
