import { nodeScriptFirewall } from './node-script-firewall.ts';

/**
 * What every node's script does, behind the lines that say for which laptop and nodes it is: POSIX sh, which people read before they run it.
 * It is whole before its last line begins it, so that a copy that was cut off does nothing.
 */
export const nodeScriptBody: string = String.raw`state=/etc/adit-node
unit=/etc/systemd/system/adit-node.service
# UDP ports from here on are tried. Kilo, flannel and Calico have 51820 and 51821, Cilium 51871.
first_port=51822
last_port=51869

usage() {
  cat <<'END' >&2
Usage: sh FILE [--node NAME] [--endpoint HOST[:PORT]] [--port PORT] [--dry-run] [--persist]
       sh FILE --remove [--dry-run]
       ssh root@NODE sh -s -- --dry-run < FILE

  --node NAME      which node of the cluster this is (default: the host's name)
  --endpoint HOST  where the laptop dials this node, if the cluster's address is not the one; with :PORT where
                   a router passes another port on
  --port PORT      the UDP port to listen on (default: the first that is free)
  --dry-run        say what would be done, and do nothing
  --persist        do it again whenever this host starts (systemd)
  --remove         undo all of it
END
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "adit-node: $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# With doing=no a step is told, with doing=yes it is taken.
step() { [ "$doing" = yes ] || say "- $*"; }

run() {
  if [ "$doing" = yes ]; then
    "$@" >&2
  else
    tell "$@"
  fi
}

# A command as a person would type it.
tell() {
  case $1 in
    make_key) say "    wg genkey > $state/key" ;;
    make_link) say "    ip link add dev $link type wireguard || wireguard-go $link" ;;
    write_unit) say "    cat > $unit" ;;
    reload_units) say '    systemctl daemon-reload' ;;
    keep) say "    echo $3 > $state/$2" ;;
    write) say "    echo $3 > $2" ;;
    *) tell_words "$@" ;;
  esac
}

tell_words() {
  printf '   ' >&2
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=,@%+-]*) printf " '%s'" "$word" >&2 ;;
      *) printf ' %s' "$word" >&2 ;;
    esac
  done
  printf '\n' >&2
}

read_words() {
  node='' endpoint='' port='' dry=no remove=no persist=no
  while [ $# -gt 0 ]; do
    word=$1
    shift
    case $word in
      --dry-run) dry=yes ;;
      --remove) remove=yes ;;
      --persist) persist=yes ;;
      --help | -h)
        usage
        exit 0
        ;;
      --node | --endpoint | --port)
        [ $# -gt 0 ] || fail "$word has no value."
        case $word in
          --node) node=$1 ;;
          --endpoint) endpoint=$1 ;;
          --port) port=$1 ;;
        esac
        shift
        ;;
      --node=*) node=$(printf '%s' "$word" | cut -d= -f2-) ;;
      --endpoint=*) endpoint=$(printf '%s' "$word" | cut -d= -f2-) ;;
      --port=*) port=$(printf '%s' "$word" | cut -d= -f2-) ;;
      *)
        usage
        fail "There is no option $word."
        ;;
    esac
  done
  case $endpoint in
    *[!A-Za-z0-9.:-]*)
      case $endpoint in
        \[*) ;;
        *) fail "$endpoint is no host." ;;
      esac
      case $endpoint in
        \[*[!A-Fa-f0-9:.]*\]* | \[*\]*[!0-9:]*) fail "$endpoint is no host." ;;
      esac
      ;;
  esac
  case $port in
    '') ;;
    *[!0-9]* | ??????*) fail "$port is no port." ;;
    *) if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then fail "$port is no port."; fi ;;
  esac
}

find_node() {
  address='' address6='' host='' private=no
  if [ -z "$node" ]; then
    node=$only_node
    [ -n "$node" ] || node=$(uname -n | tr '[:upper:]' '[:lower:]')
    if [ -z "$only_node" ] && ! choose_node "$node"; then
      node=$(printf '%s' "$node" | cut -d. -f1)
    fi
  fi
  choose_node "$node" || fail "This script has no node called $node: say which this is with --node NAME (kubectl get nodes)."
}

# Looks at the host, and changes nothing.
look() {
  for program in ip wg; do
    have "$program" || fail "$program is missing (packages iproute2 and wireguard-tools)."
  done
  exists=no
  [ ! -e "/sys/class/net/$link" ] || exists=yes
  ours=no
  [ ! -s "$state/key" ] || ours=yes
  if [ "$exists" = yes ] && [ "$ours" = no ]; then
    fail "There is an interface $link that this script has not made: nothing was changed."
  fi
  tables=''
  if have iptables && iptables -V 2>/dev/null | grep -q legacy; then
    tables=iptables
  elif have nft; then
    tables=nft
  elif have iptables; then
    tables=iptables
  fi
  [ ! -s "$state/tables" ] || tables=$(cat "$state/tables")
}

# This laptop's addresses in the tunnel.
prefixes() {
  [ -z "$laptop_address" ] || printf '%s\n' "$laptop_address/32"
  [ -z "$laptop_address6" ] || printf '%s\n' "$laptop_address6/128"
}

listed() { prefixes | tr '\n' ',' | sed 's/,$//'; }

# Looks further, for what is to be made.
look_ahead() {
  [ -n "$tables" ] || fail "There is neither nft nor iptables (packages nftables and iptables)."
  if [ -n "$network6" ]; then look_at_ipv6; fi
  choose_port
  mtu=1420
  device=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  [ -n "$device" ] || device=$(ip -6 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  if [ -n "$device" ] && [ -r "/sys/class/net/$device/mtu" ]; then
    mtu=$(($(cat "/sys/class/net/$device/mtu") - 80))
    [ "$mtu" -ge 1280 ] || mtu=1280
    [ "$mtu" -le 8920 ] || mtu=8920
  fi
  old_prefixes=''
  if [ "$exists" = yes ]; then
    for pair in $(wg show "$link" allowed-ips | tr '\t ' '@,'); do
      key=$(printf '%s' "$pair" | cut -d@ -f1)
      allowed=$(printf '%s' "$pair" | cut -d@ -f2)
      if [ "$key" = "$laptop_key" ]; then
        old_prefixes=$(printf '%s' "$allowed" | tr ',' ' ')
        continue
      fi
      for prefix in $(prefixes); do
        case ",$allowed," in
          *",$prefix,"*) fail "Another laptop has $(printf '%s' "$prefix" | cut -d/ -f1) here already: make the script anew with --address, and another address." ;;
        esac
      done
    done
  fi
  make_endpoint
  if [ "$persist" = yes ]; then
    if [ ! -f "$0" ] || ! grep -q '^# adit-node script$' "$0"; then
      fail "--persist keeps a copy of this script: save it to a file, and run that."
    fi
    have systemctl || fail "--persist takes systemd. Have whatever starts this host run: sh $0 --node $node"
  fi
}

look_at_ipv6() {
  if [ ! -d /proc/sys/net/ipv6 ]; then
    [ -n "$network" ] || fail "This host has no IPv6, and the tunnel has nothing else."
    say "(This host has no IPv6, so only IPv4 goes through the tunnel here.)"
    network6='' laptop_address6='' address6=''
  elif [ "$tables" = iptables ]; then
    have ip6tables || fail "ip6tables is missing (package iptables)."
  fi
}

choose_port() {
  if [ -n "$port" ]; then
    :
  elif [ "$exists" = yes ]; then
    port=$(wg show "$link" listen-port)
  elif [ -s "$state/port" ] && port_is_free "$(cat "$state/port")"; then
    port=$(cat "$state/port")
  else
    port=$first_port
    while ! port_is_free "$port"; do
      port=$((port + 1))
      [ "$port" -le "$last_port" ] || fail "No UDP port from $first_port to $last_port is free: say one with --port."
    done
  fi
  if [ "$exists" = no ] && ! port_is_free "$port"; then fail "UDP port $port is taken."; fi
}

port_is_free() {
  ! cat /proc/net/udp /proc/net/udp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") "
}

make_endpoint() {
  [ -n "$endpoint" ] || endpoint=$host
  endpoint=$(printf '%s' "$endpoint" | tr '[:upper:]' '[:lower:]')
  [ -n "$endpoint" ] || fail "The cluster does not say where $node is dialled: say it with --endpoint HOST."
  case $endpoint in
    \[*\]:*) ;;
    \[*\]) endpoint=$endpoint:$port ;;
    *:*:*) endpoint="[$endpoint]:$port" ;;
    *:*) ;;
    *) endpoint=$endpoint:$port ;;
  esac
}

apply() {
  step "Keep what is remembered in $state, for root alone"
  run mkdir -p -m 700 "$state"
  if [ "$ours" = no ]; then
    step "Make the key of this node; it never leaves this host"
    run make_key
  fi
  run keep port "$port"
  run keep tables "$tables"
  if [ "$exists" = no ]; then
    step "Make the interface $link, by the kernel or else by wireguard-go"
    run make_link
  fi
  step "Listen on UDP port $port, and let the laptop in as $(listed)"
  run wg set "$link" private-key "$state/key" listen-port "$port" peer "$laptop_key" allowed-ips "$(listed)"
  if [ -n "$address6" ] && [ "$(link_or_default disable_ipv6)" = 1 ]; then
    run write "/proc/sys/net/ipv6/conf/$link/disable_ipv6" 0
  fi
  # Other laptops may know this node by other addresses, which stay.
  if [ -n "$address" ]; then add_address 4 "$address/32"; fi
  if [ -n "$address6" ]; then add_address 6 "$address6/128"; fi
  run ip link set dev "$link" mtu "$mtu" up
  for prefix in $old_prefixes; do
    case " $(listed | tr ',' ' ') (none) " in
      *" $prefix "*) ;;
      *) run ip route delete "$prefix" dev "$link" ;;
    esac
  done
  for prefix in $(prefixes); do run ip route replace "$prefix" dev "$link"; done
  if [ -n "$network" ] && [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 0 ]; then
    step "Pass packets on at all"
    run keep forwarding 0
    run write /proc/sys/net/ipv4/ip_forward 1
  fi
  if [ -n "$network6" ] && [ "$(cat /proc/sys/net/ipv6/conf/all/forwarding)" = 0 ]; then
    step "Pass packets of IPv6 on at all"
    forward_ipv6
  fi
  step "Let WireGuard in, pass on what comes from the laptop and goes to it, and answer in this host's name"
  "add_rules_$tables"
  if have firewall-cmd && firewall-cmd --state >/dev/null 2>&1; then
    step "firewalld runs here, and decides too: firewall-cmd --zone=trusted --add-interface=$link; firewall-cmd --add-port=$port/udp"
  fi
  if [ "$persist" = yes ]; then
    step "Do this again whenever this host starts"
    run cp "$0" "$state/boot-$laptop_id.sh"
    run write_unit
    run systemctl enable adit-node.service
  fi
}

add_address() {
  ip "-$1" -o address show dev "$link" 2>/dev/null | grep -q " $2 " || run ip address add "$2" dev "$link"
}

# A setting of the interface, or what it will be.
link_or_default() {
  cat "/proc/sys/net/ipv6/conf/$link/$1" 2>/dev/null || cat "/proc/sys/net/ipv6/conf/default/$1"
}

# A host that passes packets on listens to no routers, unless it is told to: then its way out would be gone.
forward_ipv6() {
  for device in $(ip -6 route show default proto ra | sed -n 's/.* dev \([^ ]*\).*/\1/p' | sort -u); do
    if [ "$(cat "/proc/sys/net/ipv6/conf/$device/accept_ra")" = 1 ]; then
      run keep "accept_ra-$device" 1
      run write "/proc/sys/net/ipv6/conf/$device/accept_ra" 2
    fi
  done
  # What turns it on for all turns it off for all.
  run keep forwarding6 "0$(grep -lsx 1 /proc/sys/net/ipv6/conf/*/forwarding | cut -d/ -f7 | sed 's/^/ /' | tr -d '\n')"
  run write /proc/sys/net/ipv6/conf/all/forwarding 1
}

forward_ipv6_no_more() {
  run write /proc/sys/net/ipv6/conf/all/forwarding 0
  for device in $(sed 's/^0//' <"$state/forwarding6"); do
    file=/proc/sys/net/ipv6/conf/$device/forwarding
    [ ! -e "$file" ] || run write "$file" 1
  done
  for file in "$state"/accept_ra-*; do
    device=$(printf '%s' "$file" | sed 's/.*accept_ra-//')
    [ ! -e "/proc/sys/net/ipv6/conf/$device/accept_ra" ] || run write "/proc/sys/net/ipv6/conf/$device/accept_ra" 1
  done
}

make_key() { wg genkey >"$state/key"; }

keep() { printf '%s\n' "$2" >"$state/$1"; }

write() { printf '%s\n' "$2" >"$1"; }

make_link() {
  if ip link add dev "$link" type wireguard 2>/dev/null; then return 0; fi
  have wireguard-go || fail "The kernel has no WireGuard, and wireguard-go is not installed."
  wireguard-go "$link" </dev/null >/dev/null 2>&1 || fail "wireguard-go does not start: is there a /dev/net/tun?"
}

write_unit() {
  cat <<END >"$unit"
[Unit]
Description=WireGuard for a laptop of Adit
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for file in $state/boot-*.sh; do sh "\$\$file" --node $node --port $port --endpoint "$endpoint" || exit 1; done'

[Install]
WantedBy=multi-user.target
END
  chmod 644 "$unit"
}

reload_units() { systemctl daemon-reload 2>/dev/null || true; }

${nodeScriptFirewall}
undo() {
  others=0
  if [ "$exists" = yes ]; then
    others=$(wg show "$link" peers | grep -cvxF "$laptop_key" || true)
  fi
  if [ -e "$state/boot-$laptop_id.sh" ]; then
    step "Start it no more with this host"
    run rm -f "$state/boot-$laptop_id.sh"
  fi
  if [ "$others" -gt 0 ]; then
    step "Let this laptop in no more; $others others stay"
    run wg set "$link" peer "$laptop_key" remove
    [ -z "$laptop_address" ] || run ip route flush "$laptop_address/32" dev "$link"
    if [ -n "$laptop_address6" ] && [ -d /proc/sys/net/ipv6 ]; then
      run ip -6 route flush "$laptop_address6/128" dev "$link"
    fi
    return 0
  fi
  if [ -e "$unit" ]; then
    run systemctl disable adit-node.service
    run rm -f "$unit"
    run reload_units
  fi
  step "Take away the rules for the firewall"
  [ -z "$tables" ] || "remove_rules_$tables"
  if [ "$exists" = yes ]; then
    step "Take away the interface $link"
    run ip link delete dev "$link"
  fi
  if [ -s "$state/forwarding" ]; then
    step "Pass on no packets, as before"
    run write /proc/sys/net/ipv4/ip_forward 0
  fi
  if [ -s "$state/forwarding6" ]; then
    step "Pass on no packets of IPv6, as before"
    forward_ipv6_no_more
  fi
  step "Forget the key of this node, and the rest"
  run rm -rf "$state"
}

stopped() {
  [ "$1" = 0 ] || [ "$doing" = no ] || say "adit-node: stopped at an error. What was done stays; --remove undoes it."
}

main() {
  set -eu
  umask 077
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
  LC_ALL=C
  export PATH LC_ALL
  doing=no
  laptop_id=$laptop_address
  [ -n "$laptop_id" ] || laptop_id=$laptop_address6
  read_words "$@"
  [ "$(id -u)" = 0 ] || fail "This takes root."
  if [ "$remove" = yes ]; then
    look
    if [ "$exists" = no ] && [ "$ours" = no ]; then
      say "There is nothing to undo."
      exit 0
    fi
    work=undo
    say "This is undone on $(uname -n):"
  else
    find_node
    look
    look_ahead
    work=apply
    say "To let the laptop \"$laptop\" reach Pods and Services through $node ($endpoint), this is done on $(uname -n):"
    [ "$private" = no ] || say "(Only its own network reaches that address: if the laptop is elsewhere, say --endpoint HOST.)"
  fi
  "$work"
  [ "$dry" = no ] || exit 0
  say ''
  doing=yes
  trap 'stopped $?' EXIT
  "$work"
  say 'Done.'
  [ "$remove" = yes ] || printf 'adit-node %s %s %s\n' "$node" "$(wg pubkey <"$state/key")" "$endpoint"
}

main "$@"
`;
