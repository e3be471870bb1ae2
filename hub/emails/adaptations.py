"""Letters about a record that another city takes up."""

from hub import rules
from hub.emails import owners


def adapted(adaptation):
    """The owner's focal points know who takes up what their city wrote, as far as they may know that city."""
    record = adaptation.source
    for person in owners.focal_points(record):
        knows = person.user is not None and rules.knows(person.user, adaptation.city)
        owners.write(
            "adapted",
            person,
            key=f"adapted:{adaptation.uid}:{person.pk}",
            record=record,
            city=owners.in_language(adaptation.city, person.language) if knows else "",
        )
