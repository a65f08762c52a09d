# Completion of @BIN@ in bash 3.2 and later. `@BIN@ @GENERATE@ bash` prints this.
# It answers from files that @BIN@ keeps, and starts no process unless one of them is missing, of another format, or older
# than what it tells of. What comes from such a file or from the line is never evaluated, nor given to compgen.
__@FN@_pause=0

# The lines of an index file into L.
__@FN@_read() {
  local file=$1 head='' rest count=0
  L=()
  [[ -f $file && -r $file ]] || return 1
  # Ends at the first NUL: a file of zeros is not read to its end.
  IFS= read -r -d '' -n 4 head < "$file"
  [[ $head == "V${tab}1$tab" ]] || return 1
  if (( BASH_VERSINFO[0] >= 4 )); then
    mapfile -t -n 20000 L < "$file"
  else
    while (( count < 20000 )) && IFS= read -r rest; do L[count]=$rest count=$((count + 1)); done < "$file"
  fi
  rest=${L[0]#"$head"}
  head=${rest%%"$tab"*}
  [[ $head == - || $head == "=${@ENV@_CONFIG_DIR-}" ]] || return 1
  while [[ $rest == *"$tab"* ]]; do
    rest=${rest#*"$tab"}
    head=${rest%%"$tab"*}
    [[ -e $head && ! $head -nt $file ]] || return 1
  done
}

# The same, after asking @BIN@ to write the file anew where it has to. Where that does not help, not again for 10 seconds.
__@FN@_lines() {
  __@FN@_read "$1" && return
  (( SECONDS < __@FN@_pause )) && return 1
  # Read from, and not run as a job, which would leave the terminal without its line editor after Ctrl-C.
  while IFS= read -r; do :; done < <(@ENV@_SKIP_NEW_VERSION_CHECK=true command @BIN@ @REFRESH@ 2> /dev/null < /dev/null)
  __@FN@_read "$1" && return
  __@FN@_pause=$((SECONDS + 10))
  return 1
}

__@FN@_complete() {
  local LC_COLLATE=C IFS=$' \t\n' tab=$'\t' dir=${@ENV@_CACHE_DIR-} line=${COMP_LINE:0:COMP_POINT}
  COMPREPLY=()
  (( ${#line} <= 4096 )) || return 0
  if [[ -z $dir ]]; then
    case $OSTYPE in
    darwin*) dir=$HOME/Library/Caches/@DIRNAME@ ;;
    msys* | cygwin*) dir=${XDG_CACHE_HOME:-${LOCALAPPDATA:-$HOME/.cache}}/@DIRNAME@ ;;
    *) dir=${XDG_CACHE_HOME:-$HOME/.cache}/@DIRNAME@ ;;
    esac
  fi
  dir+=/completion

  # The words up to the cursor, as the shell would split them, but nothing is expanded. readline replaces what follows the
  # last unquoted character of COMP_WORDBREAKS, or the opening quote: that place in the word is kept in brk.
  local c i=0 n=${#line} w='' inw=0 q='' brk=0
  local W
  W=()
  while (( i < n )); do
    c=${line:i:1}
    case $q in
    \')
      if [[ $c == \' ]]; then q=; else w+=$c; fi
      ;;
    \")
      case $c in
      \") q= ;;
      \\)
        case ${line:i+1:1} in
        [\"\\\$\`])
          i=$((i + 1))
          w+=${line:i:1}
          ;;
        *) w+=$c ;;
        esac
        ;;
      *) w+=$c ;;
      esac
      ;;
    *)
      case $c in
      \' | \") q=$c inw=1 brk=${#w} ;;
      \\)
        i=$((i + 1)) inw=1
        w+=${line:i:1}
        ;;
      [$' \t\n'])
        if (( inw )); then W[${#W[@]}]=$w; w='' inw=0 brk=0; fi
        ;;
      *)
        w+=$c inw=1
        case $COMP_WORDBREAKS in *"$c"*) brk=${#w} ;; esac
        ;;
      esac
      ;;
    esac
    i=$((i + 1))
  done
  local cur=$w want=$w pre=''
  (( ${#W[@]} )) || return 0

  local L
  L=()
  __@FN@_lines "$dir/spec.tsv" || return 0

  # Which command the words before name, how many arguments it has, which flags, and which one still wants its value.
  local path='' args=0 ddash=0 waits='' used=' ' known=0 a d e f g
  for (( i = 1; i < ${#W[@]}; i++ )); do
    w=${W[i]}
    if [[ -n $waits ]]; then waits=; continue; fi
    if (( ! ddash )); then
      if [[ $w == -- ]]; then ddash=1; continue; fi
      if [[ $w == -?* ]]; then
        a=${w%%=*}
        for c in "${L[@]}"; do
          [[ $c == "F$tab$path$tab$a$tab"* ]] || continue
          c=${c#"F$tab$path$tab$a$tab"} d=${c%%"$tab"*} c=${c#*"$tab"} e=${c%%"$tab"*} c=${c#*"$tab"} f=${c%%"$tab"*}
          used+="$d "
          [[ $e == b || $w == *=* ]] || waits=$f
          break
        done
        known=1
        continue
      fi
      if (( ! args && ! known )); then
        a=${path:+$path }$w
        for c in "${L[@]}"; do
          if [[ $c == [CH]"$tab$a$tab"* ]]; then path=$a; continue 2; fi
          # Behind the names is what they take.
          [[ $c == [VCH]* ]] || break
        done
      fi
    fi
    args=$((args + 1))
  done

  # What belongs here: R are the candidates, D their descriptions, kind where more of them are.
  local kind='' R D
  R=() D=()
  if [[ -n $waits ]]; then
    kind=$waits
  elif (( ! ddash )) && [[ $cur == --*=* ]]; then
    a=${cur%%=*} pre=$a= want=${cur#*=}
    for c in "${L[@]}"; do
      [[ $c == "F$tab$path$tab$a$tab"* ]] || continue
      c=${c#"F$tab$path$tab$a$tab"} c=${c#*"$tab"} e=${c%%"$tab"*} c=${c#*"$tab"} f=${c%%"$tab"*}
      [[ $e == b ]] || kind=$f
      break
    done
  elif (( ! ddash )) && [[ $cur == -* ]]; then
    for c in "${L[@]}"; do
      [[ $c == "F$tab$path$tab$cur"* ]] || continue
      c=${c#"F$tab$path$tab"} a=${c%%"$tab"*} c=${c#*"$tab"} d=${c%%"$tab"*} c=${c#*"$tab"} e=${c%%"$tab"*} g=${c##*"$tab"}
      [[ $e != m && $used == *" $d "* ]] && continue
      [[ $cur == - && $a == -[!-] ]] && continue
      R[${#R[@]}]=$a D[${#D[@]}]=$g
    done
  else
    if (( ! args && ! known )); then
      a=${path:+$path }
      for c in "${L[@]}"; do
        [[ $c == [VCH]* ]] || break
        [[ $c == "C$tab$a$cur"* ]] || continue
        c=${c#"C$tab$a"} d=${c%%"$tab"*} g=${c#*"$tab"}
        [[ -n $d && $d != *' '* ]] && R[${#R[@]}]=$d D[${#D[@]}]=$g
      done
    fi
    for c in "${L[@]}"; do
      if [[ $c == "A$tab$path$tab$args$tab"* || $c == "A$tab$path$tab*$tab"* ]]; then
        kind=${c##*"$tab"}
        break
      fi
    done
  fi

  case $kind in
  '' | -) ;;
  =*)
    c=${kind#=}\|
    while [[ -n $c ]]; do
      a=${c%%\|*} c=${c#*\|}
      [[ $a == "$want"* ]] && R[${#R[@]}]=$a D[${#D[@]}]=
    done
    ;;
  file | dir)
    if (( BASH_VERSINFO[0] >= 4 )); then
      # readline's own, which starts no process.
      if [[ $kind == file ]]; then compopt -o default; else compopt -o dirnames; fi
      return 0
    fi
    a=-f
    [[ $kind == dir ]] && a=-d
    while IFS= read -r c; do R[${#R[@]}]=$c; done < <(compgen $a -- "$want")
    ;;
  *)
    __@FN@_lines "$dir/v.$kind.tsv" || return 0
    for c in "${L[@]:1}"; do
      case $c in
      "$want"*"$tab"*) R[${#R[@]}]=${c%%"$tab"*} D[${#D[@]}]=${c#*"$tab"} ;;
      esac
    done
    ;;
  esac

  # Candidates become text that readline can insert. Descriptions only where it lists: elsewhere they would be inserted.
  local lists=0 longest=0 k cand
  [[ ${COMP_TYPE-} == 63 ]] && (( ${#R[@]} > 1 )) && lists=1
  if (( lists )); then
    for c in "${R[@]}"; do (( ${#c} > longest )) && longest=${#c}; done
    (( longest > 40 )) && longest=40
  fi
  for (( i = 0; i < ${#R[@]}; i++ )); do
    cand=${R[i]}
    case $cand in *[[:cntrl:]]* | '') continue ;; esac
    [[ $cand == "$want"* ]] || continue
    if (( lists )); then
      d=${D[i]}
      case $d in *[[:cntrl:]]*) d= ;; esac
      if [[ -n $d ]]; then printf -v cand '%-*s  (%s)' "$longest" "$cand" "${d:0:60}"; fi
      COMPREPLY[${#COMPREPLY[@]}]=$cand
      continue
    fi
    k=$pre$cand
    k=${k:brk}
    case $q in
    \') k=${k//\'/\'\\\'\'} ;;
    \")
      # Cannot be written there: history expansion has no escape between double quotes.
      case $k in *!*) continue ;; esac
      k=${k//\\/\\\\} k=${k//\"/\\\"} k=${k//\$/\\\$} k=${k//\`/\\\`}
      ;;
    *)
      case $k in *[!A-Za-z0-9_./:@%+,=-]*) printf -v k %q "$k" ;; esac
      # %q of bash 3.2 leaves it.
      case $k in '~'*) k=\\$k ;; esac
      ;;
    esac
    # readline takes a quote at the start of the text for the opening one, and one at its end for the closing one.
    [[ -n $q && $k == "$q"* ]] && k=$q$k
    [[ -n $q && $k == *"$q" ]] && k+=$q
    COMPREPLY[${#COMPREPLY[@]}]=$k
  done
  return 0
}

if (( BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4) )); then
  complete -o nosort -F __@FN@_complete @BINS@
else
  complete -F __@FN@_complete @BINS@
fi
