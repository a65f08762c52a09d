# Completion of @BIN@ in PowerShell 5.1 and later. `@BIN@ @GENERATE@ powershell` prints this.
# It answers from files that @BIN@ keeps, and starts no process unless one of them is missing, of another format, or older
# than what it tells of. What comes from such a file or from the line is never evaluated.
$global:__@FN@_pause = [datetime]::MinValue

Register-ArgumentCompleter -Native -CommandName @QUOTED_BINS@ -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    Set-StrictMode -Off
    $tab = "`t"
    $folder = $env:@ENV@_CACHE_DIR
    if (-not $folder) {
        $base = if ($IsMacOS) { "$HOME/Library/Caches" }
        elseif ($env:XDG_CACHE_HOME) { $env:XDG_CACHE_HOME }
        elseif ($env:LOCALAPPDATA) { $env:LOCALAPPDATA }
        else { "$HOME/.cache" }
        $folder = "$base/@DIRNAME@"
    }
    $folder = "$folder/completion"

    # The lines of an index file; nothing where it cannot be used.
    $read = {
        param($file)
        try {
            $info = [IO.FileInfo]$file
            if (-not $info.Exists -or $info.Length -eq 0 -or $info.Length -gt 4MB) { return }
            $lines = [IO.File]::ReadAllLines($file)
            $header = $lines[0].Split($tab)
            if ($header[0] -cne 'V' -or $header[1] -cne '1') { return }
            if ($header[2] -cne '-' -and $header[2] -cne "=$($env:@ENV@_CONFIG_DIR)") { return }
            foreach ($source in ($header | Select-Object -Skip 3)) {
                $item = Get-Item -LiteralPath $source -Force -ErrorAction Stop
                if ($item.LastWriteTimeUtc -gt $info.LastWriteTimeUtc) { return }
            }
            , $lines
        }
        catch { }
    }

    # The same, after asking @BIN@ to write the file anew where it has to. Where that does not help, not again for 10 seconds.
    $linesOf = {
        param($file)
        $lines = & $read $file
        if ($lines) { return , $lines }
        if ([datetime]::UtcNow -lt $global:__@FN@_pause) { return }
        $exit = $global:LASTEXITCODE
        try { $null | & @BIN@ @REFRESH@ *> $null } catch { }
        $global:LASTEXITCODE = $exit
        $lines = & $read $file
        if ($lines) { return , $lines }
        $global:__@FN@_pause = [datetime]::UtcNow.AddSeconds(10)
    }

    $S = & $linesOf "$folder/spec.tsv"
    if (-not $S) { return }

    # The words before the cursor, with their quotes removed and nothing expanded.
    $words = @(foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
            if ($element.Extent.EndOffset -ge $cursorPosition) { break }
            if ($element -is [Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
            elseif ($element -is [Management.Automation.Language.ExpandableStringExpressionAst]) { $element.Value }
            else { $element.Extent.Text }
        })
    $cur = $wordToComplete.TrimStart("'", '"').TrimEnd("'", '"')

    # Which command the words name, how many arguments it has, which flags, and which one still wants its value.
    $path = ''; $count = 0; $ended = $false; $known = $false; $waits = $null; $used = @()
    foreach ($word in $words) {
        if ($null -ne $waits) { $waits = $null; continue }
        if (-not $ended) {
            if ($word -ceq '--') { $ended = $true; continue }
            if ($word.Length -gt 1 -and $word.StartsWith('-')) {
                $name = $word.Split('=')[0]
                foreach ($line in $S) {
                    $field = $line.Split($tab)
                    if ($field[0] -cne 'F' -or $field[1] -cne $path -or $field[2] -cne $name) { continue }
                    $used += $field[3]
                    if ($field[4] -cne 'b' -and -not $word.Contains('=')) { $waits = $field[5] }
                    break
                }
                $known = $true
                continue
            }
            if ($count -eq 0 -and -not $known) {
                $next = if ($path) { "$path $word" } else { $word }
                $isCommand = $false
                foreach ($line in $S) {
                    if ($line.StartsWith("C$tab$next$tab", 'Ordinal') -or $line.StartsWith("H$tab$next$tab", 'Ordinal')) { $isCommand = $true; break }
                }
                if ($isCommand) { $path = $next; continue }
            }
        }
        $count++
    }

    # What belongs here: pairs of a candidate and what is shown beside it.
    $kind = ''; $prefix = ''; $want = $cur; $found = @()
    if ($null -ne $waits) { $kind = $waits }
    elseif (-not $ended -and $cur -cmatch '^--[^=]+=') {
        $name = $cur.Split('=')[0]; $prefix = "$name="; $want = $cur.Substring($prefix.Length)
        foreach ($line in $S) {
            $field = $line.Split($tab)
            if ($field[0] -ceq 'F' -and $field[1] -ceq $path -and $field[2] -ceq $name) {
                if ($field[4] -cne 'b') { $kind = $field[5] }
                break
            }
        }
    }
    elseif (-not $ended -and $cur.StartsWith('-')) {
        foreach ($line in $S) {
            $field = $line.Split($tab)
            if ($field[0] -cne 'F' -or $field[1] -cne $path) { continue }
            if ($field[4] -cne 'm' -and $used -ccontains $field[3]) { continue }
            if ($cur -ceq '-' -and -not $field[2].StartsWith('--')) { continue }
            $found += , @($field[2], $field[6])
        }
    }
    else {
        foreach ($line in $S) {
            $field = $line.Split($tab)
            if ($field[0] -ceq 'C' -and $count -eq 0 -and -not $known) {
                $start = if ($path) { "$path " } else { '' }
                if ($field[1].StartsWith($start, 'Ordinal')) {
                    $name = $field[1].Substring($start.Length)
                    if ($name -and -not $name.Contains(' ')) { $found += , @($name, $field[2]) }
                }
            }
            if ($field[0] -ceq 'A' -and $field[1] -ceq $path -and ($field[2] -ceq "$count" -or $field[2] -ceq '*') -and -not $kind) { $kind = $field[3] }
        }
    }

    # Where nothing is returned, PowerShell offers files by itself.
    if ($kind.StartsWith('=')) {
        foreach ($choice in $kind.Substring(1).Split('|')) { $found += , @($choice, '') }
    }
    elseif ($kind -and $kind -cnotin '-', 'file', 'dir') {
        $values = & $linesOf "$folder/v.$kind.tsv"
        foreach ($line in ($values | Select-Object -Skip 1)) {
            $field = $line.Split($tab)
            if ($field.Length -eq 2) { $found += , @($field[0], $field[1]) }
        }
    }

    foreach ($pair in $found) {
        $value, $about = $pair
        if (-not $value -or $value -cmatch '\p{Cc}' -or -not $value.StartsWith($want, 'Ordinal')) { continue }
        $text = "$prefix$value"
        if ($text -cnotmatch '^[A-Za-z0-9_./:=-]+$') {
            $text = "'" + [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text) + "'"
        }
        if (-not $about -or $about -cmatch '\p{Cc}') { $about = $value }
        [Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
