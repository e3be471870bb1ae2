"""What is done by the clock, and how often, in seconds. Which lane a task takes stands in scn/celery.py."""

TIMETABLE = {
    "outbox-sweep": {"task": "outbox.tasks.sweep", "schedule": 5.0, "options": {"expires": 600}},
    "search-rows": {"task": "hub.tasks.refresh_search", "schedule": 3600.0},
    "search-new-words": {
        "task": "hub.tasks.learn_new_words",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "search-words": {"task": "hub.tasks.learn_words", "schedule": 86400.0},
    "jobs-sweep": {"task": "core.tasks.sweep_jobs", "schedule": 5.0, "options": {"expires": 600}},
    "endorsement-reminders": {"task": "members.tasks.remind", "schedule": 3600.0},
    "unsent-applications": {"task": "members.tasks.expire", "schedule": 3600.0},
    "saved-searches": {
        "task": "hub.tasks.tell_searches",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "search-log": {"task": "hub.tasks.forget_searches", "schedule": 86400.0},
    "access-reminders": {"task": "hub.tasks.remind_of_access", "schedule": 3600.0},
    "files": {"task": "hub.tasks.look_into_files", "schedule": 60.0, "options": {"expires": 60}},
    "sign-off-reminders": {"task": "hub.tasks.remind_of_sign_off", "schedule": 3600.0},
    "keep-fresh": {"task": "hub.tasks.keep_fresh", "schedule": 3600.0},
    "library-files-tidy": {"task": "hub.tasks.clear_away", "schedule": 3600.0},
    "tidy": {"task": "core.tasks.tidy", "schedule": 3600.0},
    "letters-tidy": {"task": "outbox.tasks.tidy", "schedule": 3600.0},
}
