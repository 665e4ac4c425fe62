"""Applications and notifications (届出・申請): definitions, reading of fields, rules V01..V23, what a form will change."""
