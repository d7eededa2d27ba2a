"""The icons that the portal's pages may use, by their names in Tabler's outline set.

The front-end build puts exactly these into one sprite (``static_build/vendor/icons.svg``). To use
another one, add its name here and build again. No Django here: the build runs on the standard
library alone.
"""

_NAMES = """
accessible activity adjustments-horizontal alarm alert-circle alert-octagon alert-triangle api
archive arrow-back-up arrow-big-up arrow-down arrow-left arrow-right arrow-up arrow-up-right
arrows-exchange arrows-split award ban bell bell-ringing bolt book bookmark books briefcase
broadcast bug bug-off building building-skyscraper buildings bulb calendar calendar-event
calendar-time certificate chart-bar chart-dots-3 chart-line check checkbox checks chevron-down
chevron-left chevron-right chevron-up circle circle-check circle-dashed circle-dot circle-half-2
circle-minus circle-off circle-plus circle-x clipboard clipboard-check clipboard-list clock
clock-cancel clock-check clock-exclamation clock-hour-4 clock-off clock-pause clock-play clock-x
cloud-off code columns contrast copy credit-card currency-dollar database device-desktop
device-laptop discount door-exit dots dots-vertical download edit external-link eye eye-off file
file-certificate file-description file-invoice file-search file-text filter flag flag-3 flame
folder forms gauge gavel git-branch git-merge hand-stop headset heart-handshake heartbeat
help-circle hierarchy-2 history home hourglass hourglass-high id inbox info-circle key keyboard
language layout-dashboard layout-kanban lifebuoy link link-off list list-check list-details
list-numbers list-search lock lock-open login logout mail mail-forward map-pin menu-2 message
message-2 messages minus mood-empty moon note notes package paperclip pencil phone phone-call
phone-incoming photo player-pause player-play plug-connected-x plus point printer progress
progress-check puzzle receipt receipt-2 receipt-refund refresh replace report-analytics rocket rotate route scale
school search send server server-2 settings shield shield-check shield-lock signature
sort-ascending sort-descending sparkles speakerphone square square-check stack-2 star stethoscope
subtask sun table tag tags target terminal thumb-up ticket timeline timeline-event tool tools
trash trending-down trending-up trophy unlink upload urgent user user-check user-circle user-off
user-plus user-question user-share users users-group versions webhook wifi-off world writing x zzz
"""

ICONS: frozenset[str] = frozenset(_NAMES.split())
