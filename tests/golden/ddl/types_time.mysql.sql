-- Dates and times, all precisions that matter.
CREATE TABLE d (a date, b time, c time(6), d datetime, e datetime(3), f datetime(6), g timestamp NULL, h timestamp(6) NULL, i year);
