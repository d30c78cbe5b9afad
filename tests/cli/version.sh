# shellcheck shell=bash
# `ebla version` says which version it is, from any folder and through a symlink.
want=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$ROOT/Directory.Build.props")
expect_exit 0 ebla version
expect_match "^ebla ${want//./\\.}( |$)" stdout

ln -s "$ROOT/ebla" linked
link=$PWD/linked
mkdir elsewhere
cd elsewhere
expect_exit 0 "$link" version
expect_match "^ebla ${want//./\\.}( |$)" stdout
