"""Which shop asks: a token of its own, a limit to how often, and no more than it may see."""

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from crm.models import Shop

HEARD_EVERY = timedelta(seconds=20)
MINUTE = 60


class ShopToken(BaseAuthentication):
    """`Authorization: Bearer mst_...`. The shop is `request.auth`; there is no user behind it."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Shop] | None:
        """The shop of the token. One answer for a wrong, an ended and a switched off one."""
        kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        shop = Shop.objects.with_token(token.strip())
        if shop is None:
            raise AuthenticationFailed(_("This token opens nothing. Make a new one in the settings of the shop."))
        shop.hear(every=HEARD_EVERY)
        return AnonymousUser(), shop

    def authenticate_header(self, request: Request) -> str:
        """Makes the refusal a 401."""
        return "Bearer"


class ShopTokenScheme(OpenApiAuthenticationExtension):
    """How the schema says it."""

    target_class = ShopToken
    name = "shopToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "The token of a shop, from its settings page."}


class IsShop(BasePermission):
    """Shops only: agents have paths of their own below /api/records/."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether a shop's token came along."""
        return isinstance(request.auth, Shop)


class ShopPace(BaseThrottle):
    """So many calls a minute for each shop; in one process, or in all of them where they share a cache."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this call."""
        if not isinstance(request.auth, Shop):
            return True
        key = f"shop-calls-{request.auth.pk}-{int(timezone.now().timestamp() // MINUTE)}"
        cache.add(key, 0, 2 * MINUTE)
        try:
            return bool(cache.incr(key) <= settings.SHOP_CALLS_PER_MINUTE)
        except ValueError:  # the cache forgot it between the two
            return True

    def wait(self) -> float:
        """Seconds until the next minute begins: Retry-After."""
        return MINUTE - timezone.now().timestamp() % MINUTE


def shop_of(request: Request) -> Shop:
    """Which shop asks."""
    return cast(Shop, request.auth)
