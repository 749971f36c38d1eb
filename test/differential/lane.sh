#!/bin/bash
# One lane of judges: reads names of configurations on stdin and lets the real wg-quick and wg decide on each.
#   lane.sh INTERFACE        in the folder with the files
# Leaves NAME.stripped, NAME.dump and NAME.verdict ("STRIP-EXIT SETCONF-EXIT", then the words of both).
interface=$1
folder=$PWD
# Address and DNS are expanded against the current folder: an empty one gives no matches.
empty=$(mktemp -d)
cd "$empty" || exit 1
export WG_ENDPOINT_RESOLUTION_RETRIES=0 LC_ALL=C
while IFS= read -r name; do
	base=$folder/$name
	wg-quick strip "$base.conf" >"$base.stripped" 2>"$base.words"
	strip=$?
	set=-
	if [[ $strip -eq 0 ]]; then
		wg setconf "$interface" "$base.stripped" 2>>"$base.words"
		set=$?
	fi
	[[ $set != 0 ]] || wg show "$interface" dump >"$base.dump"
	{ echo "$strip $set"; cat "$base.words"; } >"$base.verdict"
done
