"""Exit 0 if the web server of this container is ready. It is asked as the proxy asks, by name."""

import http.client
import os
import sys
from urllib.parse import urlsplit

port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2]
site = urlsplit(os.environ["SITE_ORIGIN"])
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=4)
try:
    connection.request(
        "GET", "/readyz", headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
    )
    status = connection.getresponse().status
except OSError as error:
    sys.exit(f"The web server does not answer: {error}")
sys.exit(0 if status == 200 else f"/readyz answers {status}")
