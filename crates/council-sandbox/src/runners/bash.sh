# Runs a program of a bash session; it stands in the file that `$0` names. What the session knows is in the file that the
# first argument names: taken up before the program, and written anew after it, however that ends. Then `D` and how it
# went go to descriptor 3, as python.py says it. Nothing that is said here is trusted outside.
__box_state=$1
shift
if [[ -e $__box_state ]]; then
  # Functions may have been read with it. What cannot be set again, such as UID, is the shell's own.
  shopt -s extglob
  source "$__box_state" >/dev/null 2>&1
  builtin shopt -u extglob
fi
__box_ending=

__box_end() {
  builtin set +efuvx +o posix
  {
    builtin umask -p && builtin printf 'cd -- %q\n' "$PWD" &&
      builtin declare -f && builtin declare -F && builtin declare -p
  } >|"$__box_state" 2>/dev/null || return
  # Apart, because it may end with `exit`.
  [[ -z $__box_ending ]] || (eval "$__box_ending")
  builtin printf 'D\x2d\0\0\0{"exit": %3d, "value": null, "memory": false}' "$1" >&3
}

# What a program wants done at its end is done before its session counts as kept.
trap() {
  [[ ${1-} == -- ]] && shift
  local command=${1-} signal
  if (($# < 2 || BASHPID != $$)) || [[ $command == -* && $command != - ]]; then
    builtin trap "$@"
    return
  fi
  for signal in "${@:2}"; do
    case $signal in
      EXIT | exit | 0) [[ $command == - ]] && __box_ending= || __box_ending=$command ;;
      *) builtin trap -- "$command" "$signal" ;;
    esac
  done
}

builtin trap '{ __box_status=$?; set +vx; } 2>/dev/null; __box_end "$__box_status"' EXIT
builtin trap 'exit 130' INT
builtin trap 'exit 143' TERM
builtin source "$0"
