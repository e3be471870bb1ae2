"""The web server, in production and in the demo. Every value has a reason or a limit behind it."""

import multiprocessing
import os

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", min(4, multiprocessing.cpu_count())))
threads = 8
preload_app = True

# A thread that waits for a slow city hall must not stop the server from stopping.
timeout = 60
graceful_timeout = 20
keepalive = 65  # longer than the proxy's, so that nginx closes first
max_requests = 10_000
max_requests_jitter = 1_000

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
accesslog = None  # nginx keeps it, without query strings
errorlog = "-"
loglevel = "warning"
