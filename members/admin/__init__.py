from members.admin import applications, cities, people, pledges

__all__ = ["applications", "cities", "people", "pledges"]
