"""The product's settings, in a folder of their own that goes when the tests end."""

import atexit
import os
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="mostrador-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["DATA_DIR"] = folder
os.environ.setdefault("SECRET_KEY", "only-for-tests")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {"MIGRATE": False}  # tests.sowing says how it is made
if DATABASES["default"]["ENGINE"] == "config.sqlite":
    # A file, not memory: live servers and gateway threads open connections of their own.
    DATABASES["default"]["TEST"]["NAME"] = f"{folder}/test.sqlite3"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
SITE_URL = "http://testserver"
