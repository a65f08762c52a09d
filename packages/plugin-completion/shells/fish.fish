# Completion of @BIN@ in fish 3.2 and later. `@BIN@ @GENERATE@ fish` prints this.
# It answers from files that @BIN@ keeps, and starts no process unless one of them is missing, of another format, or older
# than what it tells of. What comes from such a file or from the line is never evaluated.
set -g __@FN@_pause 0

# The lines of an index file into __@FN@_index.
function __@FN@_read -a file
    set -g __@FN@_index
    test -f $file -a -r $file; or return 1
    # Ends at the first NUL: a file of zeros is not read to its end.
    read -z -n 4 -l start <$file
    test "$start" = V\t1\t; or return 1
    read -z -d \n -a -g __@FN@_index <$file
    set -g __@FN@_index $__@FN@_index[1..20000]
    set -l header (string split \t -- $__@FN@_index[1])
    test "$header[3]" = -; or test "$header[3]" = "=$@ENV@_CONFIG_DIR"; or return 1
    set -l sources $header[4..]
    set -q sources[1]; or return 0
    for source in $sources
        test -e $source; or return 1
        test $source -nt $file 2>/dev/null; and return 1
    end
    return 0
end

# The same, after asking @BIN@ to write the file anew where it has to. Where that does not help, not again for 10 TABs.
function __@FN@_lines -a file
    __@FN@_read $file; and return
    if test $__@FN@_pause -gt 0
        set -g __@FN@_pause (math $__@FN@_pause - 1)
        return 1
    end
    @ENV@_SKIP_NEW_VERSION_CHECK=true command @BIN@ @REFRESH@ >/dev/null 2>&1 </dev/null
    __@FN@_read $file; and return
    set -g __@FN@_pause 10
    return 1
end

function __@FN@_complete
    set -l dir "$@ENV@_CACHE_DIR"
    if test -z "$dir"
        if test -d ~/Library/Caches
            set dir ~/Library/Caches/@DIRNAME@
        else if test -n "$XDG_CACHE_HOME"
            set dir $XDG_CACHE_HOME/@DIRNAME@
        else
            set dir ~/.cache/@DIRNAME@
        end
    end
    set dir $dir/completion
    set -l W (commandline -opc)
    set -l cur (commandline -ct)
    __@FN@_lines $dir/spec.tsv; or return
    set -l S $__@FN@_index

    # Which command the words name, how many arguments it has, which flags, and which one still wants its value.
    set -l path
    set -l args 0
    set -l known
    set -l ddash
    set -l waits
    set -l used
    set -l known_paths (string replace -rf '^[CH]\t([^\t]*)\t.*' '$1' -- $S)
    for w in $W[2..]
        if set -q waits[1]
            set waits
            continue
        end
        if not set -q ddash[1]
            if test "$w" = --
                set ddash 1
                continue
            end
            if string match -qr -- '^-.' $w
                set known 1
                set -l a (string replace -r '=.*' '' -- $w)
                set -l p (string escape --style=regex -- "$path" $a)
                set -l F (string replace -rf "^F\t$p[1]\t$p[2]\t([^\t]*)\t([^\t]*)\t([^\t]*)\t.*" '$1\t$2\t$3' -- $S)
                set F (string split \t -- $F[1])
                if set -q F[1]
                    set -a used $F[1]
                    if test "$F[2]" != b; and not string match -q -- '*=*' $w
                        set waits $F[3]
                    end
                end
                continue
            end
            if test $args = 0; and not set -q known[1]
                set -l a (string join ' ' -- $path $w)
                if contains -- $a $known_paths
                    set path $a
                    continue
                end
            end
        end
        set args (math $args + 1)
    end

    # What belongs here.
    set -l kind
    set -l pre ''
    set -l p (string escape --style=regex -- "$path")
    if set -q waits[1]
        set kind $waits
    else if not set -q ddash[1]; and string match -qr -- '^--[^=]+=' $cur
        set -l a (string replace -r '=.*' '' -- $cur)
        set pre "$a="
        set -l f (string escape --style=regex -- $a)
        set kind (string replace -rf "^F\t$p\t$f\t[^\t]*\t[^b\t]\t([^\t]*)\t.*" '$1' -- $S)[1]
    else if not set -q ddash[1]; and string match -qr -- '^-' $cur
        for l in (string replace -rf "^F\t$p\t(.*)" '$1' -- $S)
            set -l F (string split \t -- $l)
            test "$F[3]" != m; and contains -- $F[2] $used; and continue
            test "$cur" = -; and string match -qr '^-[^-]' -- $F[1]; and continue
            printf '%s\t%s\n' $F[1] "$F[5]"
        end
        return
    else
        if test $args = 0; and not set -q known[1]
            if set -q path[1]
                string replace -rf "^C\t$p ([^ \t]+)\t(.*)" '$1\t$2' -- $S
            else
                string replace -rf "^C\t([^ \t]+)\t(.*)" '$1\t$2' -- $S
            end
        end
        set kind (string replace -rf "^A\t$p\t($args|\*)\t(.*)" '$2' -- $S)[1]
    end

    switch "$kind"
        case '' -
        case '=*'
            for v in (string split '|' -- (string sub -s 2 -- $kind))
                printf '%s\n' $pre$v
            end
        case file
            set -l paths (__fish_complete_path (string replace -- "$pre" '' $cur))
            set -q paths[1]; and printf '%s\n' $pre$paths
        case dir
            set -l paths (__fish_complete_directories (string replace -- "$pre" '' $cur))
            set -q paths[1]; and printf '%s\n' $pre$paths
        case '*'
            __@FN@_lines $dir/v.$kind.tsv; or return
            set -l values (string match -v -r -- '[\x00-\x08\x0a-\x1f\x7f]|^\t|^$' $__@FN@_index[2..])
            set -q values[1]; and printf '%s\n' $pre$values
    end
end

@EACH_BIN@
