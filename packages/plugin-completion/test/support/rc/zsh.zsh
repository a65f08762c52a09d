# What a driven zsh has at the end of its rc file: a prompt and keys that tell where it is.
PS1=$'%{\x1d%}READY$ ' RPS1= PS2='> ' LISTMAX=100000 KEYTIMEOUT=20
setopt NO_BEEP
unsetopt PROMPT_SP PROMPT_CR
unset zle_bracketed_paste
typeset -ga __offers
compadd() {
  # With these it only fills arrays.
  if [[ ${@[1,(i)(-|--)]} == *-[OAD]' '* ]]; then
    builtin compadd "$@"
    return
  fi
  local -a hits
  builtin compadd -O hits "$@"
  __offers+=("${hits[@]}")
  builtin compadd "$@"
}
__tell() {
  emulate -L zsh
  {
    printf '\036L%s\034' "$BUFFER"
    (( $#__offers )) && printf '%s\034' "${(@u)__offers}"
    printf '\037'
  } > /dev/tty
  __offers=()
}
zle -N __tell
bindkey '^X^B' __tell
bindkey '^X^K' kill-buffer
