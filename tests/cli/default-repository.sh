# shellcheck shell=bash
# Without a location, the first backup makes a repository below the home folder, with a key file; and it never backs up itself.
expect_exit 10 ebla snapshots
expect_match "There is no repository yet at $HOME/.local/share/ebla/repository" stderr
echo one > "$HOME/one"
expect_exit 0 ebla backup "$HOME" --json
expect_json 'd["files_new"] == 2' stdout # the file and the key
expect_match "made the key file $HOME/.config/ebla/key" stderr
expect_match "keep a copy of it somewhere else" stderr
expect_match "only half a backup" stderr
expect_match "/repository: left out" stderr
[[ $(stat -c %a "$HOME/.config/ebla/key") == 600 ]] || fail "the key file can be read by others"
[[ $(stat -c %a "$HOME/.local/share/ebla/repository") == 700 ]] || fail "the repository can be read by others"
key=$(b3sum "$HOME/.config/ebla/key")

expect_exit 0 ebla backup "$HOME" --json
expect_json 'd["files_unmodified"] == 2 and d["files_new"] == 0 and d["bytes_added"] < 4096' stdout
expect_exit 0 ebla snapshots --json
expect_json 'len(d) == 2' stdout
[[ -d $HOME/.cache/ebla ]] || fail "no cache"
[[ $(b3sum "$HOME/.config/ebla/key") == "$key" ]] || fail "the key file was changed"

# The cache goes where it is told to, or nowhere.
rm -r "$HOME/.cache/ebla"
expect_exit 0 ebla backup "$HOME" --no-cache
[[ ! -e $HOME/.cache/ebla ]] || fail "a cache although --no-cache"
expect_exit 0 ebla backup "$HOME" --cache-dir cache
[[ -d cache ]] || fail "no cache where it should be"

# Without the key file nothing opens, and no new one is made for the old repository.
mv "$HOME/.config/ebla/key" saved
expect_exit 12 ebla snapshots
expect_exit 12 ebla backup "$HOME"
[[ ! -e $HOME/.config/ebla/key ]] || fail "a new key for an old repository"
expect_exit 0 ebla snapshots --key-file saved

# XDG folders.
export XDG_DATA_HOME=$PWD/data XDG_CONFIG_HOME=$PWD/config XDG_CACHE_HOME=$PWD/xdg-cache
expect_exit 0 ebla backup "$HOME/one"
[[ -d data/ebla/repository && -f config/ebla/key && -d xdg-cache/ebla ]] || fail "not where the XDG variables say"
