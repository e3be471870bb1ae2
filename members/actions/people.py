"""Putting people and cities out, letting them in again, and who works for the network."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from core import journal
from core.lifecycle import IllegalMove
from members.emails import accounts as account_letters
from members.emails import vetting as letters
from members.models import City, CityMembership, Person, Post, User


@transaction.atomic
def suspend_person(person, *, reason, by) -> None:
    """From the next request on the person reads nothing that members read; the letter says why."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    person.move_to(Person.Status.SUSPENDED)
    person.save(update_fields=["status"])
    entry = journal.record("suspended", person, by=by, reason=reason)
    letters.person_suspended(person, reason=reason, key=entry.pk)


@transaction.atomic
def reinstate_person(person, *, reason, by) -> None:
    """The person has again what the posts give, and is told."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    person.move_to(Person.Status.ACTIVE)
    person.save(update_fields=["status"])
    entry = journal.record("reinstated", person, by=by, reason=reason)
    letters.person_reinstated(person, key=entry.pk)


@transaction.atomic
def suspend_city(membership, *, reason, by) -> None:
    """Everybody who acts for the city stands outside at once; each is told why."""
    membership = CityMembership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    membership.move_to(CityMembership.Status.SUSPENDED)
    membership.save(update_fields=["status"])
    entry = journal.record("suspended", membership.city, by=by, reason=reason)
    for person in _people_of(membership.city):
        letters.city_suspended(membership.city, person, reason=reason, key=entry.pk)


@transaction.atomic
def reinstate_city(membership, *, reason, by) -> None:
    """The city is a member again, and its people have what their posts give."""
    membership = CityMembership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    membership.move_to(CityMembership.Status.ACTIVE)
    membership.save(update_fields=["status"])
    entry = journal.record("reinstated", membership.city, by=by, reason=reason)
    for person in _people_of(membership.city):
        letters.city_reinstated(membership.city, person, key=entry.pk)


@transaction.atomic
def open_account(*, email, language, is_staff, by) -> User:
    """An account without a password; its owner gets a link to choose one."""
    user = User.objects.create_user(email, language=language, is_staff=is_staff)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    journal.record("opened", user, by=by, is_staff=is_staff)
    account_letters.welcome_again(user)
    return user


@transaction.atomic
def send_password_link(user, *, by) -> None:
    """The owner of the account gets a link to choose a password; nobody else can."""
    journal.record("sent a password link", user, by=by)
    account_letters.welcome_again(user)


@transaction.atomic
def begin_post(post, *, by) -> None:
    """The person acts for the city from now on, with the rights that gives while the city is a member."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    post.move_to(Post.Status.ACTIVE)
    post.save(update_fields=["status"])
    journal.record("began", post, by=by)


@transaction.atomic
def end_post(post, *, by) -> None:
    """The person no longer acts for the city; rights that came from this post end with it."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    post.move_to(Post.Status.ENDED)
    post.is_focal_point = False
    post.end_date = timezone.localdate()
    post.save(update_fields=["status", "is_focal_point", "end_date"])
    journal.record("ended", post, by=by)


@transaction.atomic
def make_focal_point(post, *, by) -> None:
    """The city's questions go to this person now; whoever had them before keeps the post without them."""
    City.objects.select_for_update(no_key=True).get(pk=post.city_id)
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if post.status != Post.Status.ACTIVE:
        raise IllegalMove(post, Post.Status.ACTIVE)
    Post.objects.filter(city=post.city_id, is_focal_point=True).update(is_focal_point=False)
    post.is_focal_point = True
    post.save(update_fields=["is_focal_point"])
    journal.record("made focal point", post, by=by, city=post.city_id)


def _people_of(city):
    return (
        Person.objects.filter(
            posts__in=Post.objects.live().filter(city=city), status=Person.Status.ACTIVE
        )
        .select_related("user")
        .distinct()
        .order_by("pk")
    )
