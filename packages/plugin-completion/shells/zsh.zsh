#compdef @BINS@
# Completion of @BIN@ in zsh 5.4 and later. `@BIN@ @GENERATE@ zsh` prints this.
# It answers from files that @BIN@ keeps, and starts no process unless one of them is missing, of another format, or older
# than what it tells of. What comes from such a file or from the line is never evaluated.
typeset -gi __@FN@_pause=0

# The lines of an index file into L.
__@FN@_read() {
  local -a plain header
  local source
  L=()
  # A regular file of less than 4 MiB.
  plain=($1(N-.L-4194304))
  (( $#plain )) && [[ -r $1 ]] || return 1
  L=("${(@f)$(< $1)}")
  header=("${(@ps:\t:)L[1]}")
  [[ $header[1] == V && $header[2] == 1 ]] || return 1
  [[ $header[3] == - || $header[3] == =$@ENV@_CONFIG_DIR ]] || return 1
  for source in $header[4,-1]; do
    [[ -e $source && ! $source -nt $1 ]] || return 1
  done
}

# The same, after asking @BIN@ to write the file anew where it has to. Where that does not help, not again for 10 seconds.
__@FN@_lines() {
  __@FN@_read $1 && return
  (( SECONDS < __@FN@_pause )) && return 1
  @ENV@_SKIP_NEW_VERSION_CHECK=true command @BIN@ @REFRESH@ &> /dev/null < /dev/null
  __@FN@_read $1 && return
  __@FN@_pause=$(( SECONDS + 10 ))
  return 1
}

_@BIN@() {
  emulate -L zsh
  setopt extended_glob no_nomatch
  local dir=$@ENV@_CACHE_DIR tab=$'\t'
  if [[ -z $dir ]]; then
    case $OSTYPE in
      (darwin*) dir=$HOME/Library/Caches/@DIRNAME@ ;;
      (*) dir=${XDG_CACHE_HOME:-$HOME/.cache}/@DIRNAME@ ;;
    esac
  fi
  dir+=/completion
  local -a L S W
  __@FN@_lines $dir/spec.tsv || return 1
  S=("${(@)L}")

  # The words before the one with the cursor, with one level of quotes removed and nothing expanded.
  W=("${(@Q)words[1,CURRENT-1]}")

  # Which command the words name, how many arguments it has, which flags, and which one still wants its value.
  local cmdpath= waits= w a line known= ddash=
  local -i args=0 i
  local -A used
  local -a F
  for (( i = 2; i <= $#W; i++ )); do
    w=$W[i]
    if [[ -n $waits ]]; then waits=; continue; fi
    if [[ -z $ddash ]]; then
      if [[ $w == -- ]]; then ddash=1; continue; fi
      if [[ $w == -?* ]]; then
        a=${w%%=*}
        line=${${(M)S:#F${tab}${(b)cmdpath}${tab}${(b)a}${tab}*}[1]}
        if [[ -n $line ]]; then
          F=("${(@ps:\t:)line}")
          used[$F[4]]=1
          [[ $F[5] == b || $w == *=* ]] || waits=$F[6]
        fi
        known=1
        continue
      fi
      if (( ! args )) && [[ -z $known ]]; then
        a=${cmdpath:+$cmdpath }$w
        if (( ${S[(I)[CH]${tab}${(b)a}${tab}*]} )); then cmdpath=$a; continue; fi
      fi
    fi
    args+=1
  done

  # What belongs here.
  local kind= expl ret=1
  local -a R
  if [[ -n $waits ]]; then
    kind=$waits
  elif [[ -z $ddash && $PREFIX == --*=* ]]; then
    a=${PREFIX%%=*}
    line=${${(M)S:#F${tab}${(b)cmdpath}${tab}${(b)a}${tab}*}[1]}
    if [[ -n $line ]]; then
      F=("${(@ps:\t:)line}")
      [[ $F[5] == b ]] || kind=$F[6]
      compset -P 1 '*='
    fi
  elif [[ -z $ddash && $PREFIX == -* ]]; then
    for line in ${(M)S:#F${tab}${(b)cmdpath}${tab}*}; do
      F=("${(@ps:\t:)line}")
      (( ${+used[$F[4]]} )) && [[ $F[5] != m ]] && continue
      [[ $PREFIX == - && $F[3] == -[^-] ]] && continue
      R+=("${F[3]//:/\\:}:$F[7]")
    done
    _describe -o -t options option R && ret=0
    return ret
  else
    if (( ! args )) && [[ -z $known ]]; then
      a=${cmdpath:+$cmdpath }
      for line in ${(M)S:#C${tab}${(b)a}[^ $tab]##${tab}*}; do
        F=("${(@ps:\t:)line}")
        R+=("${${F[2]#$a}//:/\\:}:$F[3]")
      done
      (( $#R )) && _describe -t commands command R && ret=0
    fi
    line=${${(M)S:#A${tab}${(b)cmdpath}${tab}(${args}|\*)${tab}*}[1]}
    [[ -n $line ]] && kind=${line##*$tab}
  fi

  case $kind in
    (|-) ;;
    (=*) R=("${(@s:|:)${kind#=}}"); R=("${(@)R//:/\\:}"); _describe -t values value R && ret=0 ;;
    # With the options of the completion system, which it needs.
    (file) setopt $_comp_options; _files && ret=0 ;;
    (dir) setopt $_comp_options; _files -/ && ret=0 ;;
    (*)
      __@FN@_lines $dir/v.$kind.tsv || return ret
      R=(${${L[2,-1]}:#*[[:cntrl:]]##*${tab}*})
      R=("${(@)R//\\/\\\\}")
      R=("${(@)R//:/\\:}")
      R=("${(@)R/$tab/:}")
      (( $#R )) && _describe -t values $kind R && ret=0
      ;;
  esac
  return ret
}

# Loaded from fpath, this file is the function itself; sourced, it registers it.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _@BIN@ "$@"; else compdef _@BIN@ @BINS@; fi
