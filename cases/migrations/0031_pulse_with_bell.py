"""The pulse of a case tells how many unread notices its reader has, for the bell of an open page."""

from importlib import import_module

from django.db import migrations

_before = import_module("cases.migrations.0029_pulse_function")
DROP = "DROP FUNCTION case_pulse(bigint, bigint, boolean, boolean, interval, interval, interval);"
PULSE = _before.PULSE.replace("OUT is_marked boolean", "OUT is_marked boolean, OUT unread bigint")
PULSE = PULSE.replace(
    "END\n$$;",
    """  SELECT count(*) INTO unread FROM (
    SELECT FROM portal_notice
     WHERE recipient_id = of_user AND channel = 'inbox' AND read_at IS NULL LIMIT 1000
  ) AS notices;
END
$$;""",
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0030_meaning")]

    operations = [migrations.RunSQL(DROP + PULSE, DROP + _before.PULSE)]
