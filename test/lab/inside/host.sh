#!/bin/bash
# A host of the lab: this process, in net, mount and uts namespaces of its own, which others enter by nsenter.
#
#   host.sh NAME          prints "host NAME PID" once the host stands, then only holds the namespaces
#
# Private are /run (with it /run/wireguard, /run/adit and every daemon's socket: a resolvectl in here must not
# reach the machine's systemd-resolved), /var/lib/adit, /etc and /etc/wireguard. All else, /tmp and the
# checkout above all, is the machine's own.
set -eu
name=$1

mount -t tmpfs -o mode=755 lab /run
mkdir -p -m 755 /run/adit /run/lock /run/netns /run/layers/{etc,lib}/{upper,work}
mkdir -m 700 /run/wireguard

layers() { echo "lowerdir=$1,upperdir=/run/layers/$2/upper,workdir=/run/layers/$2/work"; }
{
  # A private copy, not a bind mount: a rename onto /etc/resolv.conf has to work.
  echo "lab /etc overlay $(layers /etc etc) 0 0"
  echo 'lab /etc/wireguard tmpfs mode=700,X-mount.mkdir 0 0'
  # The mount point may be missing, and the machine is not to be touched to make it.
  if [ ! -d /var/lib/adit ]; then echo "lab /var/lib overlay $(layers /var/lib lib) 0 0"; fi
  echo 'lab /var/lib/adit tmpfs mode=755,X-mount.mkdir 0 0'
  # /sys/class/net shows the links of the network namespace that mounted it.
  echo 'lab /sys sysfs nofail 0 0'
} >/run/layers/fstab
mount --all --fstab /run/layers/fstab

# Names come from the host's own files, never from a resolver daemon of the machine.
rm -f /etc/resolv.conf
echo '# no resolver' >/etc/resolv.conf
echo 'hosts: files dns' >/etc/nsswitch.conf
printf '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s\n' "$name" >/etc/hosts
echo "$name" >/etc/hostname
echo "$name" >/proc/sys/kernel/hostname

# A new namespace inherits the machine's IPv4 settings; a lab must not depend on them. Duplicate address
# detection ends late and would move lines of a snapshot.
for conf in /proc/sys/net/ipv4/conf/{all,default}; do
  for key in forwarding rp_filter src_valid_mark; do echo 0 >"$conf/$key"; done
done
for conf in /proc/sys/net/ipv6/conf/{all,default}; do
  if [ -e "$conf" ]; then
    for key in forwarding accept_dad disable_ipv6; do echo 0 >"$conf/$key"; done
  fi
done
ip link set dev lo up

echo "host $name $$"
exec sleep infinity
