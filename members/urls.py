from django.urls import path

from members.views import accounts, confirm, home, join, status, team

app_name = "members"
urlpatterns = [
    path("join/", join.start, name="join"),
    path("join/questions/", join.questions, name="join_questions"),
    path("join/places/", join.places, name="join_places"),
    path("join/afresh/", join.afresh, name="join_afresh"),
    path("join/sent/", confirm.sent, name="join_sent"),
    path("join/sent/again/", confirm.again, name="join_again"),
    path("join/sent/change/", confirm.change, name="join_change"),
    path("join/confirm/<str:token>/", confirm.confirm, name="join_confirm"),
    path("join/resume/<str:token>/", confirm.resume, name="join_resume"),
    path("join/status/<str:token>/", status.status, name="join_status"),
    path("join/status/<str:token>/answers/", status.answers, name="join_answers"),
    path("join/status/<str:token>/letter/", status.letter, name="join_letter"),
    path("join/status/<str:token>/withdraw/", status.withdraw, name="join_withdraw"),
    path("join/<slug:step>/", join.step, name="join_step"),
    path("me/status/", home.status, name="status"),
    path("me/team/", team.team, name="team"),
    path("me/team/<uuid:uid>/", team.colleague, name="colleague"),
    path("me/team/<uuid:uid>/endorse/", team.endorse, name="endorse"),
    path("me/team/<uuid:uid>/refuse/", team.refuse, name="refuse"),
    path("accounts/welcome/<str:token>/", accounts.welcome, name="welcome"),
    path("accounts/welcome/<str:token>/again/", accounts.welcome_again, name="welcome_again"),
    path("accounts/2fa/totp/qr.svg", accounts.totp_qr, name="totp_qr"),
]
