"""Who may do what in the library. Who may read is `visible_to` (hub.models.visibility)."""

from members.models import City
from members.rules import standing


def may_edit(user) -> bool:
    """Network staff change every record, whatever region they look after."""
    return standing(user).kind == "staff"


def may_name(user, city) -> bool:
    """Whether this visitor may read that this city stands behind a record: as the city chose to be listed."""
    who = standing(user)
    if who.kind == "staff":
        return True
    if city.risk_flag or city.listing == City.Listing.UNLISTED:
        return False
    return who.is_inside or city.listing == City.Listing.PUBLIC
