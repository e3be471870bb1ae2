from hub.forms.library import LibraryForm

__all__ = ["LibraryForm"]
