"""Password hashing tuned so that a login costs tens of milliseconds, not a denial of service."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Tuned(Argon2PasswordHasher):
    """Argon2id, t=1, 46 MiB, p=1: the floor of OWASP ASVS 5.0, appendix C."""

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1
