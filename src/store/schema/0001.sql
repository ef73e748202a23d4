-- Times are milliseconds since 1970. @ID@ is the store's type for a key it makes itself. Everything else is SQL that SQLite,
-- PostgreSQL and openGauss read alike. A version that was released is never changed: what is new comes as a further file.

CREATE TABLE setting (
    name varchar(100) PRIMARY KEY,
    value text NOT NULL
);

-- ---- who may do what, and who did

CREATE TABLE account (
    id @ID@,
    name varchar(64) NOT NULL UNIQUE,
    password varchar(200) NOT NULL, -- argon2id, with its parameters
    role varchar(16) NOT NULL,      -- admin, operator, viewer
    must_change integer NOT NULL,
    disabled integer NOT NULL,
    created_ms bigint NOT NULL,
    login_ms bigint -- the last time it logged in
);

CREATE TABLE session (
    digest varchar(64) PRIMARY KEY, -- of the cookie: who reads the store cannot use it
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    csrf varchar(64) NOT NULL,
    address varchar(64) NOT NULL,
    created_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,
    expires_ms bigint NOT NULL
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE api_token (
    id @ID@,
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name varchar(100) NOT NULL,
    digest varchar(64) NOT NULL UNIQUE,
    role varchar(16) NOT NULL,
    created_ms bigint NOT NULL,
    expires_ms bigint,
    used_ms bigint
);

CREATE TABLE audit (
    id @ID@,
    at_ms bigint NOT NULL,
    who varchar(64) NOT NULL,
    address varchar(64) NOT NULL,
    operation varchar(100) NOT NULL,
    object varchar(300),
    outcome varchar(16) NOT NULL,
    detail text
);
CREATE INDEX audit_at ON audit (at_ms);

-- ---- ends and machines

CREATE TABLE secret (
    id @ID@,
    label varchar(200) NOT NULL,
    box text NOT NULL -- encrypted with the key file
);

CREATE TABLE data_source (
    id @ID@,
    name varchar(100) NOT NULL UNIQUE,
    kind varchar(16) NOT NULL, -- mysql, mariadb, opengauss, postgresql
    host varchar(255) NOT NULL,
    port integer NOT NULL,
    username varchar(128) NOT NULL,
    secret_id bigint REFERENCES secret (id),
    properties text NOT NULL, -- JSON
    created_by varchar(64) NOT NULL,
    created_ms bigint NOT NULL
);

CREATE TABLE machine (
    id @ID@,
    name varchar(100) NOT NULL UNIQUE,
    kind varchar(16) NOT NULL, -- local, ssh, joined
    host varchar(255),
    port integer,
    username varchar(64),
    secret_id bigint REFERENCES secret (id),
    login varchar(16), -- password, key: what secret_id holds
    host_key text, -- pinned: type and base64
    directory varchar(500),
    state varchar(32) NOT NULL,
    reason text,
    version varchar(32),
    facts text,
    capacity integer NOT NULL,
    token_digest varchar(64),
    server varchar(100), -- that its agent is connected to
    seen_ms bigint,      -- its agent's last sign of life
    created_by varchar(64) NOT NULL,
    created_ms bigint NOT NULL
);

-- What was last done to a machine over SSH.
CREATE TABLE kit (
    machine_id bigint PRIMARY KEY REFERENCES machine (id) ON DELETE CASCADE,
    action varchar(16) NOT NULL, -- install, upgrade, ..
    state varchar(16) NOT NULL,  -- waiting, running, done, failed
    step varchar(16) NOT NULL,
    percent integer NOT NULL,
    error text, -- JSON
    server varchar(100) NOT NULL, -- that does it
    lease_until_ms bigint NOT NULL,
    who varchar(64) NOT NULL,
    started_ms bigint NOT NULL,
    finished_ms bigint
);

-- What lets an agent in once; then it has a token of its own.
CREATE TABLE enrolment (
    digest varchar(64) PRIMARY KEY,
    machine_id bigint NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
    expires_ms bigint NOT NULL
);

-- ---- tasks

CREATE TABLE task (
    id @ID@,
    name varchar(200) NOT NULL,
    status integer NOT NULL,
    params text NOT NULL, -- JSON
    created_by varchar(64) NOT NULL,
    created_ms bigint NOT NULL,
    started_ms bigint,
    finished_ms bigint,
    changed_ms bigint NOT NULL
);
CREATE INDEX task_created_by ON task (created_by);
CREATE INDEX task_status ON task (status);

CREATE TABLE task_machine (
    task_id bigint NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    machine_id bigint NOT NULL REFERENCES machine (id),
    PRIMARY KEY (task_id, machine_id)
);

CREATE TABLE subtask (
    id @ID@,
    task_id bigint NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    place integer NOT NULL, -- 1.. within the task
    source_id bigint NOT NULL REFERENCES data_source (id),
    source_database varchar(128) NOT NULL,
    target_id bigint NOT NULL REFERENCES data_source (id),
    target_database varchar(128) NOT NULL,
    target_schema varchar(128) NOT NULL,
    mode integer NOT NULL, -- 1 offline, 2 online
    tables text NOT NULL,  -- JSON: which
    params text NOT NULL,  -- JSON
    generation integer NOT NULL, -- grows with each reset: what an earlier one left in the target is not gone on with
    status integer NOT NULL,
    reached integer NOT NULL, -- the last status that was no failure
    reason text,              -- JSON: the error it failed with
    -- where it runs: while there is a lease, a worker may be alive
    machine_id bigint REFERENCES machine (id),
    server varchar(100), -- that the machine is connected to
    fence bigint NOT NULL, -- grows with each time it is given to a machine
    lease_until_ms bigint,
    command varchar(32), -- what the worker is still to be told
    accept_moved integer DEFAULT 0 NOT NULL, -- somebody knows that loaded tables did not change, though the source has moved
    attempts integer NOT NULL,
    not_before_ms bigint,     -- the next attempt after a crash
    -- how far it is
    progress text, -- JSON: the worker's last word
    permille integer NOT NULL,
    created_ms bigint NOT NULL,
    started_ms bigint,
    finished_ms bigint,
    changed_ms bigint NOT NULL,
    UNIQUE (task_id, place)
);
CREATE INDEX subtask_status ON subtask (status);
CREATE INDEX subtask_machine ON subtask (machine_id);
CREATE INDEX subtask_from ON subtask (source_id);
CREATE INDEX subtask_to ON subtask (target_id);
-- What is not finished holds its target.
CREATE UNIQUE INDEX subtask_target ON subtask (target_id, target_database, target_schema) WHERE status <> 100;
CREATE INDEX subtask_lease ON subtask (lease_until_ms);

CREATE TABLE object (
    subtask_id bigint NOT NULL REFERENCES subtask (id) ON DELETE CASCADE,
    kind varchar(16) NOT NULL, -- table, view, function, procedure, trigger
    name varchar(128) NOT NULL,
    target varchar(300),
    status integer NOT NULL, -- 1..7
    row_count bigint NOT NULL,
    row_estimate bigint NOT NULL,
    byte_count bigint NOT NULL,
    permille integer NOT NULL,
    error text,  -- JSON
    chunks text, -- JSON: how far its parts are, of a large table
    PRIMARY KEY (subtask_id, kind, name)
);
CREATE INDEX object_status ON object (subtask_id, status);

-- What a worker made of it: "precheck", "report", "check".
CREATE TABLE document (
    subtask_id bigint NOT NULL REFERENCES subtask (id) ON DELETE CASCADE,
    kind varchar(16) NOT NULL,
    at_ms bigint NOT NULL,
    text text NOT NULL, -- JSON
    PRIMARY KEY (subtask_id, kind)
);

-- ---- what happened

CREATE TABLE operation (
    id @ID@,
    task_id bigint NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    subtask_id bigint,
    code integer NOT NULL, -- 1 start, 2 stop incremental, 3 start reverse, 100 finish
    who varchar(64) NOT NULL,
    at_ms bigint NOT NULL
);
CREATE INDEX operation_task ON operation (task_id);

CREATE TABLE status_change (
    id @ID@,
    subtask_id bigint NOT NULL REFERENCES subtask (id) ON DELETE CASCADE,
    before_status integer NOT NULL,
    after_status integer NOT NULL,
    event varchar(64) NOT NULL,
    at_ms bigint NOT NULL,
    detail text
);
CREATE INDEX status_change_subtask ON status_change (subtask_id);

CREATE TABLE sample (
    subtask_id bigint NOT NULL REFERENCES subtask (id) ON DELETE CASCADE,
    at_ms bigint NOT NULL,
    phase varchar(16),
    row_count bigint NOT NULL,
    byte_count bigint NOT NULL,
    rows_per_s bigint NOT NULL,
    bytes_per_s bigint NOT NULL,
    PRIMARY KEY (subtask_id, at_ms)
);

CREATE TABLE alert (
    id @ID@,
    subtask_id bigint REFERENCES subtask (id) ON DELETE CASCADE,
    machine_id bigint,
    level integer NOT NULL, -- 1 warning, 2 error
    code varchar(16) NOT NULL,
    message text NOT NULL,
    cause text,
    place text,
    hint text,
    first_ms bigint NOT NULL,
    last_ms bigint NOT NULL,
    times integer NOT NULL,
    closed_ms bigint,
    closed_by varchar(64) -- NULL: by itself
);
CREATE INDEX alert_subtask ON alert (subtask_id);
CREATE INDEX alert_closed ON alert (closed_ms, machine_id);

-- Lines of a subtask, or of a machine itself: one of the first two is set.
CREATE TABLE log_line (
    id @ID@,
    subtask_id bigint REFERENCES subtask (id) ON DELETE CASCADE,
    own_machine_id bigint REFERENCES machine (id) ON DELETE CASCADE,
    machine_id bigint,      -- where it comes from
    number bigint NOT NULL, -- 1.. of its subtask or machine: tells how many there are without counting
    at_ms bigint NOT NULL,
    level integer NOT NULL, -- 0 debug, 1 info, 2 warn, 3 error
    event varchar(64),
    text text,
    fields text -- JSON
);
CREATE INDEX log_line_subtask ON log_line (subtask_id, id);
CREATE INDEX log_line_machine ON log_line (own_machine_id, id);

-- ---- who is told

CREATE TABLE webhook (
    id @ID@,
    name varchar(100) NOT NULL UNIQUE,
    url text NOT NULL,
    secret_id bigint REFERENCES secret (id), -- signs
    enabled integer NOT NULL,
    on_alert integer NOT NULL,   -- what it wants to hear of
    on_task integer NOT NULL,
    on_subtask integer NOT NULL,
    delivered bigint NOT NULL,
    failed bigint NOT NULL, -- given up
    -- how the last delivery ended
    last_ms bigint,
    last_status integer,
    last_error text, -- JSON
    lease_until_ms bigint NOT NULL, -- a thread of a server sends
    created_by varchar(64) NOT NULL,
    created_ms bigint NOT NULL
);

-- What waits to be sent.
CREATE TABLE webhook_delivery (
    id @ID@,
    webhook_id bigint NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    at_ms bigint NOT NULL,
    event varchar(16) NOT NULL, -- alert, task, subtask
    body text NOT NULL,         -- JSON
    attempts integer NOT NULL,
    not_before_ms bigint NOT NULL
);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, id);
