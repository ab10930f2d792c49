"""For a WSGI server in production: `waitress-serve --listen 127.0.0.1:8017 web.wsgi:application`, behind HTTPS.

The home and everything else come from COUNTERMARK_… in the environment.
"""

from __future__ import annotations

from web.app import create_app
from web.settings import Settings
from web.warming import warm

application = create_app(Settings.from_environment())
warm(application)
