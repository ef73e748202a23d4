-- Views and programs: source and translation, as their worker reports them, JSON.
ALTER TABLE object ADD COLUMN detail text;
