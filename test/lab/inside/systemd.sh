#!/bin/bash
# systemd as PID 1 of a PID and cgroup namespace of its own, on a host of the lab: the network, /run and /etc are the host's.
#
#   systemd.sh UNITS      UNITS is the only folder that units are read from: nothing of the machine's is started
set -eu
units=$1

# systemd makes folders in /dev and mounts on them: not in the machine's.
mkdir /run/lab-dev
mount -t tmpfs -o mode=755 lab /run/lab-dev
mkdir /run/lab-dev/{net,pts,shm}
for node in full fuse kmsg net/tun null ptmx random tty urandom zero; do
  if [ -e "/dev/$node" ]; then cp -a "/dev/$node" "/run/lab-dev/$node"; fi
done
# One mount at a place: systemd makes things read-only by the list of mounts, and stops at one that is covered.
for place in /dev /sys; do
  while mountpoint -q "$place"; do umount --recursive --lazy "$place"; done
done
mount --move /run/lab-dev /dev
mount -t sysfs lab /sys
mount -t cgroup2 lab /sys/fs/cgroup
# What is not the namespace's own stays as it is: systemd raises limits of the kernel where it may.
for settings in fs kernel vm; do
  mount --bind "/proc/sys/$settings" "/proc/sys/$settings"
  mount -o remount,bind,ro "/proc/sys/$settings"
done
mkdir -p /run/systemd/system
exec env -i container=lab SYSTEMD_UNIT_PATH="$units" PATH="$PATH" \
  /lib/systemd/systemd --system --unit=lab.target --log-target=console --log-level=notice --show-status=0
