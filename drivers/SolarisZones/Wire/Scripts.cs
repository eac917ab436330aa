namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>
/// What runs at the other end where one command would not do: constants all of them, for the Bourne shell of Solaris 10
/// too. What they work on comes as positional parameters or by standard input, never in their text.
/// </summary>
internal static class Scripts
{
    /// <summary>Begins a section of output; the last is <see cref="End"/>: without it the output was cut off.</summary>
    public const string Mark = "==anyvisor ";

    public const string End = "end";

    /// <summary>Nothing of it changes while the host is up.</summary>
    public const string Probe = """
        echo '==anyvisor uname'; uname -a
        echo '==anyvisor id'; id
        echo '==anyvisor hostid'; hostid
        echo '==anyvisor release'; cat /etc/release 2>/dev/null
        echo '==anyvisor isa'; isainfo -n
        echo '==anyvisor memory'; prtconf 2>/dev/null | grep '^Memory'
        echo '==anyvisor processors'; psrinfo
        echo '==anyvisor sockets'; psrinfo -p
        echo '==anyvisor cpu'; kstat -p cpu_info:::brand cpu_info:::chip_id cpu_info:::core_id
        echo '==anyvisor platform'; prtconf -b 2>/dev/null
        echo '==anyvisor vmadm'; test -x /usr/sbin/vmadm && echo yes
        echo '==anyvisor end'
        """;

    /// <summary>Every zone and its state. Auxiliary states are said by Solaris 11.3 and later alone.</summary>
    public const string List = """
        zoneadm list -cp || exit $?
        if test "$1" = auxiliary; then echo '==anyvisor auxiliary'; zoneadm list -cs 2>/dev/null; fi
        echo '==anyvisor end'
        """;

    /// <summary>The configurations of the zones whose names come by standard input, one a line.</summary>
    public const string Configurations = """
        while read z; do
        echo "==anyvisor zone $z"
        zonecfg -z "$z" export </dev/null 2>&1
        echo "==anyvisor code $?"
        done
        echo '==anyvisor end'
        """;

    /// <summary>Pools, datasets, links and snapshots.</summary>
    public const string Surroundings = """
        echo '==anyvisor pools'; zpool list -H -o name,health
        echo '==anyvisor space'; zpool list -H -o name | while read p; do zfs get -H -p -o name,property,value used,available,mountpoint "$p"; done
        echo '==anyvisor datasets'; zfs list -H -o name,mountpoint -t filesystem
        echo '==anyvisor snapshots'; zpool list -H -o name | while read p; do zfs get -r -H -p -o name,property,value creation,anyvisor:description "$p"; done | grep '@'
        if test "$1" = old; then
        echo '==anyvisor oldlinks'; dladm show-link -p
        else
        echo '==anyvisor links'; dladm show-link -p -o link,class,mtu,state,over
        echo '==anyvisor etherstubs'; dladm show-etherstub -p -o link 2>/dev/null
        fi
        echo '==anyvisor free'; kstat -p unix:0:system_pages:freemem; pagesize
        echo '==anyvisor end'
        """;

    /// <summary>What running zones use. As many zones as there are get their line.</summary>
    public const string Statistics = """
        echo '==anyvisor zones'; zoneadm list -p
        echo '==anyvisor prstat'; prstat -c -Z -n 1,8192 1 1
        echo '==anyvisor end'
        """;

    /// <summary>
    /// Begins the command of the parameters after the first, unless the job of the first's name was begun before. The job
    /// goes on when the line breaks, and leaves its end behind.
    /// </summary>
    public const string StartJob = """
        umask 077
        test -d "$HOME/.anyvisor" || mkdir "$HOME/.anyvisor" || exit 1
        d=$HOME/.anyvisor/$1; shift
        if mkdir "$d" 2>/dev/null; then
        nohup sh -c 'd=$1; shift; "$@" >"$d/log" 2>&1 </dev/null; echo $? >"$d/code"' sh "$d" "$@" >/dev/null 2>&1 </dev/null &
        echo $! >"$d/pid"
        fi
        """;

    /// <summary>How far a job got: <c>none</c>, <c>running</c>, <c>ended CODE</c> or <c>lost</c> (the host went down under it), and its last words.</summary>
    public const string LookAtJob = """
        d=$HOME/.anyvisor/$1
        if test -f "$d/code"; then read c <"$d/code"; echo "ended $c"
        elif test -f "$d/pid"; then read p <"$d/pid"; if kill -0 "$p" 2>/dev/null; then echo running; elif test -f "$d/code"; then read c <"$d/code"; echo "ended $c"; else echo lost; fi
        elif test -d "$d"; then echo lost
        else echo none; fi
        test -f "$d/log" && tail -10 "$d/log"
        echo '==anyvisor end'
        """;

    /// <summary>Forgets a job that has ended.</summary>
    public const string ForgetJob = """
        d=$HOME/.anyvisor/$1
        rm -f "$d/code" "$d/pid" "$d/log"; rmdir "$d" 2>/dev/null; exit 0
        """;

    /// <summary>
    /// Begins a command that takes its time and stays for a second: long enough to hear that it is refused. What it does
    /// after that goes on without us.
    /// </summary>
    public const string Ask = """
        umask 077
        test -d "$HOME/.anyvisor" || mkdir "$HOME/.anyvisor" || exit 1
        e=$HOME/.anyvisor/ask-$$
        nohup "$@" >"$e" 2>&1 </dev/null &
        p=$!
        sleep 1
        if kill -0 $p 2>/dev/null; then rm -f "$e"; exit 0; fi
        wait $p; c=$?
        cat "$e" >&2; rm -f "$e"
        exit $c
        """;

    /// <summary>Rolls the dataset of the first parameter, and those below it that have the snapshot of the second, back to it.</summary>
    public const string Rollback = """
        zfs list -H -o name -r -t filesystem,volume "$1" | while read d; do
        if zfs list -H -o name "$d@$2" >/dev/null 2>&1; then zfs rollback -r "$d@$2" || exit 1; fi
        done
        """;
}
