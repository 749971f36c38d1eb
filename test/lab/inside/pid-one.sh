#!/bin/bash
# PID 1 of a lab: everything the lab runs lives in this process's PID namespace, so its end is the end of all.
#
#   pid-one.sh FOLDER     FOLDER is shared with the machine and removed at the end
#
# Each line of standard input is the name of a host to make. Standard input is a pipe whose other end the
# runner alone holds: when the runner goes, by kill -9 too, the read below ends and so does the lab.
# Bash is PID 1 because it reaps the orphans that daemons leave.
set -u
folder=$1
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# Switches are bridges of this namespace. It takes no part in the traffic they carry.
for key in /proc/sys/net/ipv6/conf/{all,default}/disable_ipv6; do
  if [ -e "$key" ]; then echo 1 >"$key"; fi
done

echo ready
while read -r name; do
  { unshare --mount --net --uts -- bash "$here/host.sh" "$name" || echo "failed $name"; } </dev/null &
done
rm -rf --one-file-system -- "$folder"
