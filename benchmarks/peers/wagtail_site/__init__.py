"""The library as a Wagtail site would have it: one indexed model, and the page that searches it.

benchmarks/peers/search.py starts it (`python -m wagtail_site`) in an environment that holds Wagtail. No more of Wagtail
is in use than its search needs, no more middleware than Django proposes: as light as such a site can be.
"""
