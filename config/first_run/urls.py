urlpatterns=[]; app_name="first_run"
