#: this page; ./dev VERB --help tells more about one verb
echo "usage: ./dev VERB [arguments]

A fresh clone needs only:
  ./dev build      packages and compiler run, then build/godwit is the executable
  ./dev test       everything that is checked before a change is taken
  ./dev demo       see it work

verbs:"
for verb in setup build test bench demo web shots servers fmt lint clean help; do
    printf '  %-9s %s\n' "$verb" "$(help_of "$verb" | head -1)"
done
echo "
Foreign programs (MySQL 9, data directory templates) are kept in \$GODWIT_CACHE
($GODWIT_CACHE); remove the folder whenever you like."
