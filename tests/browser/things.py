"""What the running portal holds: the numbers and names that stand in the addresses of its pages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
SHELF = "from tests.browser.shelf import make; make()"
WHERE = {
    "dossier": "SELECT id FROM members_membershipapplication"
    " WHERE email = 'applicant.malaga@example.org'",
    "colleague": "SELECT uid FROM members_membershipapplication WHERE status = 'awaiting_city'",
    "asked": "SELECT id FROM members_membershipapplication WHERE status = 'awaiting_city'",
    "draft": "SELECT id FROM hub_record WHERE status = 'draft' ORDER BY id",
    "restricted": "SELECT id FROM hub_record WHERE visibility = 'members' ORDER BY id",
    "job": "SELECT uid FROM core_job ORDER BY id DESC",
    "suspended_city": "SELECT city_id FROM members_citymembership WHERE status = 'suspended'",
    "suspended_person": "SELECT id FROM members_person WHERE status = 'suspended' ORDER BY id",
    "key": "SELECT id FROM mfa_authenticator WHERE type = 'webauthn'",
    "account": "SELECT id FROM members_user WHERE email = 'member.tunis@example.org'",
    "post": "SELECT id FROM members_post WHERE NOT is_focal_point ORDER BY id",
    "person": "SELECT id FROM members_person WHERE email = 'member.tunis@example.org'",
    "pending": "SELECT id FROM members_post WHERE status = 'pending'",
}


class Things(dict):
    """By name; looked up anew each time, because people keep changing things."""

    def __init__(self, database, state):
        super().__init__()
        self.database, self.state = database, state

    def __missing__(self, name):
        if name == "letter":
            return max(self.state.glob("mail/*.eml"), key=lambda file: file.stat().st_mtime_ns).stem
        if name.startswith("first "):
            return self.ask(f'SELECT id FROM "{name.removeprefix("first ")}" ORDER BY id')
        return self.ask(WHERE[name])

    def ask(self, query, *parameters):
        """The first column of the first row."""
        return self.row(query, *parameters)[0]

    def row(self, query, *parameters):
        with psycopg.connect(self.database) as connection:
            row = connection.execute(query, parameters).fetchone()
        assert row, f"nothing found by {query}"
        return row

    def say(self, statement, *parameters):
        """Change something that no page changes."""
        with psycopg.connect(self.database) as connection:
            connection.execute(statement, parameters)

    def fill(self):
        """Put into the library what the demo has none of: see shelf.py. Its names are among the things from then on."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "scn.settings",
            "STATE_DIR": str(self.state),
            "DATABASE_URL": self.database,
            "SECRET_KEY": (self.state / "secret-key").read_text().strip(),
            "DEMO": "1",
        }
        said = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", SHELF],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            timeout=120,
        )
        self.update(json.loads(said.stdout))
