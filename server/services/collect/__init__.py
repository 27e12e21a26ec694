"""Taking in: enrolment, intake, uploads, the feed, and what is sent onward."""
