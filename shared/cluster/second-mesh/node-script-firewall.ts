/** How a node's script opens the host's firewall, by nft or iptables, and closes it again: functions of the shell. */
export const nodeScriptFirewall: string = String.raw`# Whether the laptop may dial this node by IPv6: at an address, or at a name that may have one.
is_dialled_by_ipv6() {
  case $endpoint in
    *[!0-9.:]*) return 0 ;;
    *) return 1 ;;
  esac
}

is_dialled_by_ipv4() {
  case $endpoint in
    \[*) return 1 ;;
    *) return 0 ;;
  esac
}

# Whether WireGuard's own packets come in by what a table of nft is for: ip, ip6, or both.
is_dialled_in() {
  case $1 in
    ip) [ -n "$network" ] || is_dialled_by_ipv4 ;;
    ip6) is_dialled_by_ipv6 ;;
    *) return 0 ;;
  esac
}

# Whether the tunnel carries what a table of nft is for.
is_carried_in() {
  case $1 in
    ip) [ -n "$network" ] ;;
    ip6) [ -n "$network6" ] ;;
    *) return 0 ;;
  esac
}

add_rules_iptables() {
  if is_dialled_in ip; then
    add_rule iptables filter INPUT -p udp --dport "$port" -m comment --comment "$link" -j ACCEPT
  fi
  if is_dialled_by_ipv6 && have ip6tables && ip6tables -w -S INPUT 2>/dev/null | grep -v '^-P INPUT ACCEPT$' >/dev/null; then
    add_rule ip6tables filter INPUT -p udp --dport "$port" -m comment --comment "$link" -j ACCEPT
  fi
  if [ -n "$network" ]; then carry_iptables iptables "$network"; fi
  if [ -n "$network6" ]; then
    run keep masquerade6 ip6tables
    carry_iptables ip6tables "$network6"
  fi
  open_chains
}

carry_iptables() {
  add_rule "$1" filter INPUT -i "$link" -j ACCEPT
  add_rule "$1" filter FORWARD -i "$link" -j ACCEPT
  add_rule "$1" filter FORWARD -o "$link" -j ACCEPT
  add_rule "$1" nat POSTROUTING -s "$2" ! -o "$link" -j MASQUERADE
}

add_rule() {
  program=$1
  table=$2
  chain=$3
  shift 3
  "$program" -w -t "$table" -C "$chain" "$@" 2>/dev/null || run "$program" -w -t "$table" -I "$chain" "$@"
}

# Rules that this script has put into a table of iptables name its interface, in themselves or in a comment.
remove_rules_iptables() {
  take_rules iptables filter
  take_rules iptables nat
  if have ip6tables; then take_rules ip6tables filter; fi
  # A table of iptables comes to be when it is asked for.
  if [ -e "$state/masquerade6" ]; then take_rules ip6tables nat; fi
  close_chains
}

take_rules() {
  "$1" -w -t "$2" -S 2>/dev/null | grep "^-A .* $link " | sed 's/^-A /-D /; s/"//g' | while read -r rule; do
    # shellcheck disable=SC2086 # words of a rule
    run "$1" -w -t "$2" $rule
  done
}

add_rules_nft() {
  if [ -n "$network" ]; then masquerade_nft ip "$network"; fi
  if [ -n "$network6" ]; then masquerade_nft ip6 "$network6"; fi
  open_chains
}

masquerade_nft() {
  if ! nft list chain "$1" "adit_node_$link" postrouting 2>/dev/null | grep -q " $2 "; then
    run nft "add table $1 adit_node_$link"
    run nft "add chain $1 adit_node_$link postrouting { type nat hook postrouting priority 100 ; }"
    run nft "add rule $1 adit_node_$link postrouting $1 saddr $2 oifname != \"$link\" masquerade"
  fi
}

# Of every chain that decides on what comes to this host or passes through it: family, table, name, hook.
filter_chains() {
  have nft || return 0
  hook=''
  nft list chains 2>/dev/null | while read -r first second third rest; do
    case "$first $second $third $rest" in
      "table "*) family=$second table=$third ;;
      "chain "*) chain=$second ;;
      "type filter hook input "*) hook=input ;;
      "type filter hook forward "*) hook=forward ;;
    esac
    [ "$first" = type ] && [ -n "$hook" ] || continue
    case $family in
      ip | ip6 | inet) printf '%s\n' "$family $table $chain $hook" ;;
    esac
    hook=''
  done
}

is_of_iptables() {
  case "$1 $2 $3" in
    "ip filter INPUT" | "ip filter FORWARD" | "ip6 filter INPUT" | "ip6 filter FORWARD") return 0 ;;
    *) return 1 ;;
  esac
}

# Whether a chain drops what none of its rules lets through. What another chain accepts, it drops all the same.
drops() {
  nft list chain "$1" "$2" "$3" 2>/dev/null |
    grep -E 'policy drop|^[[:space:]]*(counter packets [0-9]+ bytes [0-9]+ )?(drop|reject)' >/dev/null
}

# A chain that is not there drops nothing. Those of iptables may do so further on; the rest does where it says so.
open_chains() {
  filter_chains | while read -r family table chain hook; do
    if is_of_iptables "$family" "$table" "$chain"; then
      [ "$tables" = nft ] || continue
    elif [ "$table" = firewalld ] || ! drops "$family" "$table" "$chain"; then
      continue
    fi
    rules=$(nft list chain "$family" "$table" "$chain" 2>/dev/null) || continue
    if [ "$hook" = input ] && is_dialled_in "$family"; then insert_rule "udp dport $port"; fi
    is_carried_in "$family" || continue
    if [ "$hook" = input ]; then
      insert_rule "iifname \"$link\""
    else
      insert_rule "iifname \"$link\""
      insert_rule "oifname \"$link\""
    fi
  done
}

# A rule counts as there where it has this script's comment.
insert_rule() {
  if ! printf '%s\n' "$rules" | grep "^[[:space:]]*$1 counter .* accept comment \"$link\"" >/dev/null; then
    run nft "insert rule $family $table $chain $1 counter accept comment \"$link\""
  fi
}

close_chains() {
  filter_chains | while read -r family table chain hook; do
    if is_of_iptables "$family" "$table" "$chain" && [ "$tables" != nft ]; then continue; fi
    for handle in $(nft -a list chain "$family" "$table" "$chain" 2>/dev/null | sed -n "s/.* comment \"$link\" # handle \([0-9]*\)\$/\1/p"); do
      run nft delete rule "$family" "$table" "$chain" handle "$handle"
    done
  done
}

remove_rules_nft() {
  close_chains
  for family in ip ip6; do
    if nft list table "$family" "adit_node_$link" >/dev/null 2>&1; then
      run nft delete table "$family" "adit_node_$link"
    fi
  done
}
`;
