"""How dates and figures are written, where it differs from what Django has for the language."""
