"""Agents in Django's own admin, for whoever keeps the installation."""

from django.contrib import admin

from accounts.models import Agent


@admin.register(Agent)
class AgentAdmin(admin.ModelAdmin):
    """Looks up agents; passwords are not shown."""

    list_display = ["username", "name", "email", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name", "email"]
    exclude = ["password"]
