"""What contacts might type for the Problems of the demonstration's catalogue: 204 queries, each with the Problem meant.

Written before anything was measured. Some use the catalogue's words, most do not. The key is the beginning of the
Problem's title in `demo/problems.py`.
"""

PARAPHRASES: dict[str, str] = {
    "nsrd stops a minute after start": """
nsrd dies shortly after we start it
backup server daemon quits right after boot
main process exits about sixty seconds after starting
no backups possible, service goes down again and again
after a power outage the server process will not stay up
daemon.log stops at the media database check
nsrd exits while checking the media db
networker server crashes on startup since the electricity failed
service terminates by itself a moment after launch
we cannot back up anything, nsrd does not keep running
the program ends as soon as it looks at the list of volumes
cannot recover files because the server process is gone
volume without barcode makes the server fall over
interrupted relabel, now nsrd will not run
networker daemon shuts down during consistency check
all jobs stand still, server process keeps dying
core service aborts in the first minute
""",
    "Savegroup “Nightly” waits": """
savegroup never finishes, one client hangs
nightly group stuck at 99 percent
one machine of forty keeps the whole backup job open
group stays in state waiting for ever
bootstrap is not written because the group does not end
client changed its IP and now the backup hangs
after we renumbered a host its saves never complete
backup job does not complete, a single host does not answer
dns entry was changed and the group waits
one client is pending all night
no completion report in the morning, job still running
savegrp hangs on one host
nsrexecd has the old address of the client
job sits there waiting for a computer that moved to another subnet
we must kill the group every morning because of one system
scheduled backup blocks on a single workstation
the last client never starts and everything waits
""",
    "RepliStor mirror does not resume": """
replication does not continue after disk was full
mirror says queue full although there is space
journal disk ran out of room, mirror stopped
replistor stuck with queue full
freed space on the journal volume but replication stays down
copying to the second site stopped when the log drive filled
mirror will not restart after we cleaned the disk
synchronisation stalls because of full journal
replication service remembers that the drive was full
secondary server no longer gets updates since the drive had no space
replistor does not notice that disk space is available again
after deleting files the mirror is still paused
changes are not sent to the target any more, queue is full
drive full during a big copy, then replication halted
need to restart the service to make replication go on
data no longer mirrored, error about a full queue
journal partition overflow stopped replication
""",
    "Inventory of a 300-slot library": """
library inventory is very slow
inventory takes hours in a big jukebox
each slot is scanned two times
scanning a library with many slots needs four hours
robot reads every cartridge position twice
alphastor inventory double reads
it takes half a day until the autochanger knows its tapes
slow barcode reading in a large tape robot
our 300 slot silo is inventoried far too slowly
why does cataloguing the tapes in the robot last so long
inventory twice as long as before
changer goes over all slots again before it is done
jukebox with more than two hundred slots takes ages to inventory
time to inventory the library doubled
barcode page is read late by the library
reading the labels in the tape library is slow
alphastor needs hours to find out which tapes are in the library
""",
    "Recovery of a large directory": """
restore says index is empty
cannot restore a big folder, index empty for this time
recover ends with an empty index although browse lists the files
nine hundred thousand files cannot be recovered
restore of a huge directory fails
files are visible when browsing but recovery finds nothing
recover command claims there is nothing in the index
getting back a large directory tree does not work
index is empty for this time
we can see the files in the browser but not bring them back
client file index seems empty during recovery
recover aborts on directories with very many files
restoring data/projects stops with an error about the index
restoration of many files fails, small ones work
large restore ends at once without files
our customer needs a directory back and recovery says empty
browse shows them, recover does not
""",
    "Tape drive is marked busy": """
drive remains busy after reboot of a storage node
tape drive not released when a node restarts
have to free the drive by hand after a crash
drive stays in use though nothing uses it
storage node rebooted during a backup and its drive is blocked
tape unit is locked after a host restarted
device shows busy, no session is writing
node went down while saving, now the drive cannot be used
unable to use a tape device after the machine was restarted
drive must be reset manually whenever a client reboots
busy flag of the drive is not cleared
reboot leaves the drive reserved
device occupied by a dead session
after restart of the server that owns it the drive is unavailable
a drive hangs as busy after power cycling the node
reserved tape drive after a client restart
drive will not become idle again
""",
    "EmailXtender archives some messages": """
messages are archived twice
duplicate mails in the archive
same e-mail appears two times in search results
long subject lines lead to duplicates
mails with a subject over 78 characters are stored double
emailxtender keeps two copies of one message
every result is doubled for long subjects
archive holds the same mail more than once
since the update we find each message twice
search returns duplicate messages
mail journal has double entries
why do I see two identical letters in the archive
twice the same mail when the topic is long
storage grows because mails are archived repeatedly
folded subject header creates a second copy
deduplication of mails with long titles fails
one message, two archive entries
""",
    "How are directives applied": """
which directive wins when two match
two directives for the same path
order in which directives are evaluated
skip and compress on the same directory, what happens
precedence of directives is not clear
manual does not explain conflicting directives
what if one rule leaves a file out and another compresses it
are directives applied first match or last match
question about overlapping rules for a path
conflict between skip and compressasm
how do local and global directives combine
rule priority for files matched twice
which setting applies when several patterns fit
documentation on directive priority
does the more specific directive take precedence
how to combine two rules for one folder
a path matches two directives
""",
    "Co-StandbyServer switches over": """
failover every sunday without reason
standby takes over though the primary is running
unexpected switch over at ten past three
cluster fails over once a week for no cause
lost heartbeat triggers takeover on sunday night
secondary server becomes active by mistake
heartbeat missing for nine seconds
co-standbyserver takes over needlessly
false failover in the night
weekly takeover although nothing is broken
why does the backup machine take control each weekend
primary is healthy but the partner assumes its role
spurious failover, event log mentions heartbeat
switchover at 03:10
the standby node thinks that the other one is dead
heartbeat interrupted every week
passive node activates itself on sundays
""",
    "Wish: mail the savegroup report": """
send the savegroup report to several people
notification to more than one address
we want a list of recipients for the report
mail savegroup completion to two addresses
can the report be mailed to a whole team
only one e-mail address possible in the notification
feature request: multiple recipients
enhancement, more addresses for notifications
how can I cc the completion mail
distribution list for the nightly summary
add a second receiver to the backup report
savegroup notification takes one address only
please let us enter many addresses
report by mail to all administrators
notify several operators after the backup
several mailboxes should get the group report
request: list of addresses in notifications
""",
    "Clone of a spanned save set": """
clone stops at the second volume
cloning a save set over three tapes fails
spanned save set cannot be cloned
copying a backup that extends across tapes stops
clone job asks for the next tape and stays there
cannot duplicate a multi volume save set
nsrclone stops on the second tape though it is in the library
clone aborts when another volume is needed
second tape is loaded but cloning does not go on
copy to the offsite tapes fails with long save sets
duplicating a save set that spans volumes
volume is in the jukebox but clone does not mount it
tape copy works with one tape, not with three
clone of large backup hangs at tape change
cloning ends after the first cartridge
save set on several tapes is not copied completely
clone waits for the volume that is present
""",
    "AlphaStor console loses": """
console logs out after half an hour
alphastor session expires
have to reopen the console every thirty minutes
console connection is lost
session timeout in alphastor
the management screen disconnects regularly
gui drops me after 30 minutes
alphastor console must be started anew all the time
user interface times out
we are signed out of the console every half hour
console goes dead after some time
keep alive for the console session
operator console loses connection to the server
administration window closes its session
after thirty minutes nothing works in the console any more
session of the console breaks off
idle console is disconnected
""",
}
