-- What format checks found, by rule, for statistics: a row a rule of each version judged, and one with the rule '*'
-- that says how bad the worst finding is. Derived from the reports, never the other way round.
CREATE TABLE format_findings (
    version_id TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    agency_id TEXT COLLATE "C" NOT NULL,
    drafting_unit TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL CHECK (severity IN ('error', 'warning', 'info', 'none')),
    findings INTEGER NOT NULL CHECK (findings >= 0),
    checked_at TIMESTAMP NOT NULL,
    PRIMARY KEY (version_id, rule)
);
CREATE INDEX format_findings_by_period ON format_findings (agency_id, checked_at);

INSERT INTO format_findings
SELECT checks.version_id, checks.agency_id, coalesce(documents.drafting_unit, ''), found ->> 'rule',
    min(found ->> 'severity'), count(*), checks.checked_at
FROM format_checks AS checks
JOIN versions ON versions.id = checks.version_id
JOIN components ON components.id = versions.component_id
JOIN documents ON documents.id = components.document_id
CROSS JOIN LATERAL jsonb_array_elements(checks.report::jsonb -> 'findings') AS found
WHERE checks.state = 'done' AND checks.report IS NOT NULL AND checks.checked_at IS NOT NULL
GROUP BY checks.version_id, checks.agency_id, documents.drafting_unit, found ->> 'rule', checks.checked_at;

INSERT INTO format_findings
SELECT checks.version_id, checks.agency_id, coalesce(documents.drafting_unit, ''), '*',
    coalesce((SELECT min(severity) FROM format_findings AS known WHERE known.version_id = checks.version_id AND severity = 'error'),
        (SELECT max(severity) FROM format_findings AS known WHERE known.version_id = checks.version_id), 'none'),
    0, checks.checked_at
FROM format_checks AS checks
JOIN versions ON versions.id = checks.version_id
JOIN components ON components.id = versions.component_id
JOIN documents ON documents.id = components.document_id
WHERE checks.state = 'done' AND checks.checked_at IS NOT NULL;
