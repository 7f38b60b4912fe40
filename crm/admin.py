"""Records for Django's admin, as the last resort of a developer."""

from django.contrib import admin

from crm import models

for model in (models.Customer, models.CustomerGroup, models.SocialTitle, models.Address, models.Order, models.Cart):
    admin.site.register(model)
