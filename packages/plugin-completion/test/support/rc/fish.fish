# What a driven fish has at the end of its configuration: a prompt and keys that tell where it is.
function fish_prompt
    printf '\x1dREADY$ '
end
function fish_greeting
end
set -g fish_autosuggestion_enabled 0
function __tell
    printf '\x1eL%s\x1c' (commandline -b | string collect --allow-empty) >/dev/tty
    for offer in $__offers
        printf '%s\x1c' (string replace -r '\t.*' '' -- $offer) >/dev/tty
    end
    printf '\x1f' >/dev/tty
    set -g __offers
end
function __look
    set -g __offers (complete -C (commandline -b | string collect --allow-empty))
end
bind \cx\cb __tell
bind \cx\cl __look
bind \cx\ck 'commandline -r ""'
