"""How is each server set up? The files that it is started from, as text: written afresh for each start.

They run in the server's own environment alone. Both are Django applications with a database in one file, which
takes several writers (write-ahead log); a server is *healthy* with room for each stream of a test, *detuned* with
eight threads and the heartbeat that it has by default.
"""

from __future__ import annotations

_DATABASE = """
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "chat.sqlite3", "OPTIONS": {
    "timeout": 20, "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
ALLOWED_HOSTS = ["127.0.0.1"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
"""

_SUPCHAT = """
import json, os
SECRET_KEY = os.environ["CHAT_KEY"]
ROOT_URLCONF = "chat_urls"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                  "django.contrib.sessions", "django.contrib.messages", "supchat"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
              "django.middleware.csrf.CsrfViewMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware",
              "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": ["django.template.context_processors.request",
                           "django.contrib.auth.context_processors.auth",
                           "django.contrib.messages.context_processors.messages"]}}]
STATIC_URL = "/static/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SUPCHAT = json.loads(os.environ["CHAT_SETTINGS"])
"""
_SUPCHAT_URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls), path("supchat/", include("supchat.urls"))]
"""
_SUPCHAT_ACCOUNTS = """
import django, sys
django.setup()
from django.contrib.auth import get_user_model
for line in open(sys.argv[1]):
    name, _, password = line.strip().partition(":")
    get_user_model().objects.create_user(name, password=password, is_staff=True)
"""
_SUPCHAT_SERVE = """
import sys, waitress
from django.core.wsgi import get_wsgi_application
waitress.serve(get_wsgi_application(), host="127.0.0.1", port=int(sys.argv[1]), threads=int(sys.argv[2]),
               connection_limit=2000, asyncore_use_poll=True)
"""

_STAPEL = """
import os
SECRET_KEY = JWT_SECRET_KEY = os.environ["CHAT_KEY"]
ROOT_URLCONF = "chat_urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth",
                  "stapel_core.django.apps.CommonDjangoConfig", "stapel_core.django.users", "rest_framework",
                  "stapel_realtime", "stapel_chat"]
AUTH_USER_MODEL = "users.User"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
STAPEL_BUS_BACKEND = "stapel_core.bus.backends.memory.MemoryBus"
STAPEL_COMM = {"OUTBOX_ENABLED": False, "ACTION_TRANSPORT": "inprocess", "SIGNAL_TRANSPORT": "channels"}
STAPEL_REALTIME = {"ALLOWED_ORIGINS": ["http://127.0.0.1"]}
JWT_ALGORITHM = "HS256"
JWT_CREATE_USERS_FROM_TOKEN = True
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["stapel_core.django.jwt.authentication.JWTCookieAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "stapel_core.django.api.errors.stapel_exception_handler"}
"""
_STAPEL_URLS = """
from django.urls import include, path
urlpatterns = [path("chat/", include("stapel_chat.urls"))]
"""
_STAPEL_SERVE = """
import sys, uvicorn
from django.core.asgi import get_asgi_application
http = get_asgi_application()
from stapel_realtime.asgi import build_websocket_application
uvicorn.run(build_websocket_application(http_application=http), host="127.0.0.1", port=int(sys.argv[1]),
            log_level="warning", lifespan="off", ws="websockets-sansio")
"""

FILES = {
    "supchat": {
        "chat_settings.py": _SUPCHAT + _DATABASE,
        "chat_urls.py": _SUPCHAT_URLS,
        "accounts.py": _SUPCHAT_ACCOUNTS,
        "serve.py": _SUPCHAT_SERVE,
    },
    "stapel": {
        "chat_settings.py": _STAPEL + _DATABASE,
        "chat_urls.py": _STAPEL_URLS,
        "serve.py": _STAPEL_SERVE,
    },
}
"""Of each server: the files that its folder has before it is started."""
