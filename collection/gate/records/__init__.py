"""What people put on record for the gate: wishes, holds, facts, meetings, holidays."""
