#!/bin/bash
# The Indonesian catalogue has every message of the sources, translated and reviewed.
. "$(dirname "$0")/helpers.sh"

if ! command -v xgettext >/dev/null || ! command -v msgmerge >/dev/null; then
    skip "every message is translated" "no gettext programs"
    finish
fi

# NAME CATALOGUE: brings it up to the messages of the sources and names what it lacks.
check_translated() {
    run msgmerge --quiet --no-fuzzy-matching --output-file="$SCRATCH/merged.po" "$2" "$SCRATCH/tapak.pot"
    check_status "$1: the messages merge" 0
    msgattrib --no-wrap --no-obsolete --untranslated "$SCRATCH/merged.po" >"$SCRATCH/untranslated.po"
    msgattrib --no-wrap --no-obsolete --only-fuzzy "$SCRATCH/merged.po" >"$SCRATCH/fuzzy.po"
    run grep -hE '^(#: |msgid )' "$SCRATCH/untranslated.po" "$SCRATCH/fuzzy.po"
    n_missing=$(($(msgids "$SCRATCH/untranslated.po") + $(msgids "$SCRATCH/fuzzy.po")))
}

# The messages of a catalogue, without its header.
msgids() { grep -cE '^msgid "[^"]|^msgid ""$' <(msgattrib --no-wrap "$1" | sed '1,/^$/d'); }

run make --no-print-directory BUILD="$BUILD" POT="$SCRATCH/tapak.pot" pot
check_status "xgettext collects the messages" 0
check "there are messages" [ "$(msgids "$SCRATCH/tapak.pot")" -gt 300 ]

check_translated "po/id.po" po/id.po
check_equal "every message is translated; where not: make po, translate, take 'fuzzy' away" "$n_missing" 0
n_before=$n_missing
run msgfmt --check --output-file=/dev/null po/id.po
check_status "the translations keep the formats of their messages" 0

# A message that is new, and a translation that is only a guess.
cp "$SCRATCH/tapak.pot" "$SCRATCH/kept.pot"
printf '\nmsgid "planted: no such message"\nmsgstr ""\n' >>"$SCRATCH/tapak.pot"
check_translated "a planted message" po/id.po
check_equal "a message that is not translated is found" "$n_missing" $((n_before + 1))
check_out "a message that is not translated is named" 'planted: no such message'
cp "$SCRATCH/kept.pot" "$SCRATCH/tapak.pot"
msgattrib --set-fuzzy po/id.po >"$SCRATCH/guessed.po"
check_translated "guesses" "$SCRATCH/guessed.po"
check "translations that are guesses are found" [ "$n_missing" -gt 300 ]
finish
