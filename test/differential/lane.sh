#!/bin/bash
# One lane of judges: reads names of configurations on stdin and lets the real wg-quick and wg decide on each.
#   lane.sh INTERFACE program|shared        in the folder with the files
# With "program" wg-quick is started for each file. With "shared" the text of the installed wg-quick runs in a subshell of this
# one, and is told what stat and readlink would say; it starts no process then, and takes less than half the time.
# Leaves NAME.stripped, NAME.dump and NAME.verdict ("STRIP-EXIT SETCONF-EXIT", then the words of both).
interface=$1
way=$2
folder=$PWD
# Address and DNS are expanded against the current folder: an empty one gives no matches.
empty=$(mktemp -d)
trap 'cd /; rmdir "$empty"' EXIT
cd "$empty" || exit 1
export WG_ENDPOINT_RESOLUTION_RETRIES=0 LC_ALL=C
program=$(command -v wg-quick)

strip_by_program() {
	wg-quick strip "$1"
}

strip_by_shared() (
	readlink() { printf '%s\n' "$2"; }
	stat() { echo 00600; }
	set -- strip "$1"
	. "$program"
)

while IFS= read -r name; do
	base=$folder/$name
	"strip_by_$way" "$base.conf" >"$base.stripped" 2>"$base.words"
	strip=$?
	set=-
	if [[ $strip -eq 0 ]]; then
		wg setconf "$interface" "$base.stripped" 2>>"$base.words"
		set=$?
	fi
	[[ $set != 0 ]] || wg show "$interface" dump >"$base.dump"
	IFS= read -r -d '' words <"$base.words"
	printf '%s\n%s' "$strip $set" "$words" >"$base.verdict"
done
