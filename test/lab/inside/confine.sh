#!/bin/bash
# Runs a program in a mount namespace where most cannot be written and some not be seen, as systemd's ProtectSystem=strict,
# ReadWritePaths=, ReadOnlyPaths=, InaccessiblePaths=, PrivateTmp= and DevicePolicy=closed have it.
#
#   WRITABLE=... READ_ONLY=... HIDDEN=... DEVICES=... unshare --mount confine.sh PROGRAM WORD...
#
# The lists are of paths with blanks between; those that are not there are passed over.
set -eu

places() {
  local path
  for path; do if [ -e "$path" ]; then readlink -f "$path"; fi; done
}
# shellcheck disable=SC2086 # the lists are lists
{
  writable=$(places $WRITABLE /proc /sys /dev)
  read_only=$(places $READ_ONLY)
  hidden=$(places $HIDDEN)
}

mkdir /run/confined-dev
mount -t tmpfs -o mode=755 confined /run/confined-dev
for device in $DEVICES; do
  mkdir -p "$(dirname "/run/confined-dev/$device")"
  cp -a "/dev/$device" "/run/confined-dev/$device"
done
ln -s /proc/self/fd /run/confined-dev/fd
mount --move /run/confined-dev /dev

# The longest of some paths that a place is at or below.
closest() {
  local place=$1 best='' path
  shift
  for path; do
    case $place/ in "$path"/*) if [ "${#path}" -gt "${#best}" ]; then best=$path; fi ;; esac
  done
  echo "$best"
}

# Each path becomes a mount of its own, so that it can differ from what is around it.
for path in $writable $read_only; do
  case $path in /proc | /sys | /dev) ;; *) mount --rbind "$path" "$path" ;; esac
done
while read -r place; do
  open=$(closest "$place" $writable)
  shut=$(closest "$place" $read_only)
  if [ -z "$open" ] || [ "${#shut}" -gt "${#open}" ]; then
    # What another mount covers cannot be reached, by us or by anybody.
    mount -o remount,bind,ro "$place" 2>/dev/null || ! mountpoint -q "$place"
  fi
done < <(awk '{ print $5 }' /proc/self/mountinfo | sort -u)

for path in /tmp /var/tmp; do mount -t tmpfs -o mode=1777 confined "$path"; done
for path in $hidden; do
  if [ -d "$path" ]; then mount -t tmpfs -o mode=000,ro confined "$path"; else mount --bind /dev/null "$path"; fi
done
exec "$@"
