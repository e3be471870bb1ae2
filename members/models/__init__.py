from members.models.applications import MembershipApplication
from members.models.bodies import Body, BodyMember
from members.models.cities import City, CityDomain, CityMembership
from members.models.gazetteer import Place, PlaceName
from members.models.people import Person, Post, StaffScope, User
from members.models.pledges import PledgeAcceptance, PledgeVersion
from members.models.vetting import Attachment, Endorsement, Exchange, VettingCheck

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
