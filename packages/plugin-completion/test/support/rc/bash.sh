# What a driven bash has at the end of its rc file: a prompt and keys that tell where it is.
PS1=$'\\[\x1d\\]READY$ ' PS2='> '
bind 'set bell-style none'
bind 'set page-completions off'
bind 'set completion-query-items 0'
bind 'set enable-bracketed-paste off'
# What bash gets is gone when the key returns.
if declare -F __llamactl_complete > /dev/null; then
  __record() {
    __llamactl_complete "$@"
    __offers=("${COMPREPLY[@]}")
  }
  eval "$(complete -p llamactl | sed s/__llamactl_complete/__record/)"
  eval "$(complete -p lctl | sed s/__llamactl_complete/__record/)"
fi
__tell() {
  printf '\036L%s\034' "$READLINE_LINE"
  printf '%s\034' "${__offers[@]}"
  printf '\037'
  __offers=()
}
bind -x '"\C-x\C-b": __tell'
bind '"\C-x\C-k": kill-whole-line'
