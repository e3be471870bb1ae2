"""Buttons that do one thing at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from core.staff import StaffAdmin
from hub import rules


class WithMoves(StaffAdmin):
    """`moves` names them: each is an action of the app, then the page is shown again; a refusal says why."""

    moves: dict[str, Callable[..., Any]] = {}

    def get_urls(self):
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_POST(self._mover(act))),
                name=self._name(name),
            )
            for name, act in self.moves.items()
        ]
        return [*own, *super().get_urls()]

    def _mover(self, act):
        def move(request, pk):
            obj = self._editable(request, pk)
            try:
                act(obj, by=request.user)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            return redirect(self._url("change", obj))

        return move

    def _editable(self, request, pk):
        obj = self.get_object(request, str(pk))
        if not rules.may_edit(request.user):
            raise PermissionDenied
        return obj

    def _url(self, name, obj):
        return reverse(f"admin:{self._name(name)}", args=[obj.pk])

    def _name(self, name):
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"
