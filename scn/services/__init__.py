"""The embedded Postgres and Valkey of demo, development and CI: docs/adr/0001-embedded-services.md.

Only the standard library and psycopg are needed here, and no settings: these modules must be
able to say in one sentence what is wrong before anything of the portal can run.
"""
