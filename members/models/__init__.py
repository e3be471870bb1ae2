from members.models.applications import (
    Attachment,
    Endorsement,
    Exchange,
    MembershipApplication,
    PledgeAcceptance,
    PledgeVersion,
    VettingCheck,
)
from members.models.bodies import Body, BodyMember
from members.models.cities import City, CityDomain, CityMembership
from members.models.gazetteer import Place, PlaceName
from members.models.people import Person, Post, StaffScope, User

__all__ = [
    "Attachment",
    "Body",
    "BodyMember",
    "City",
    "CityDomain",
    "CityMembership",
    "Endorsement",
    "Exchange",
    "MembershipApplication",
    "Person",
    "Place",
    "PlaceName",
    "PledgeAcceptance",
    "PledgeVersion",
    "Post",
    "StaffScope",
    "User",
    "VettingCheck",
]
